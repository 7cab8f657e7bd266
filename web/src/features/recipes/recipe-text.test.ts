import { describe, expect, it } from 'vitest'
import { insertRecipe, offsetOf, pathAt, recipeAt } from './recipe-text'

/** The path at the bar in the text. */
const at = (text: string) => pathAt(text.replace('|', ''), text.indexOf('|'))

describe('pathAt', () => {
  it('finds the key at the cursor, in the key and after it', () => {
    const whole = ['recipes', 1, 'margin', 'top']
    expect(at('{"recipes": ["neck", {"margin": {"t|op": "1 head"}}]}')).toEqual(whole)
    expect(at('{"recipes": ["neck", {"margin": {"top": "1 he|ad"}}]}')).toEqual(whole)
    expect(at('{"recipes": ["neck", {"margin": {"top":| "1 head"}}]}')).toEqual(whole)
  })

  it('is the object where there is no key', () => {
    expect(at('[{"label": "a", |}]')).toEqual([0])
    expect(at('[{|}]')).toEqual([0])
    expect(at('|')).toEqual([])
  })

  it('counts entries of lists', () => expect(at('[{"keep": ["nose", "l|')).toEqual([0, 'keep', 1]))

  it('ignores braces and quotes in strings', () =>
    expect(at('[{"about": "a \\"{[", "aspect": |"1:1"}]')).toEqual([0, 'aspect']))

  it('copes with broken JSON', () => {
    expect(at('[{"label": "a" "keep": |')).toEqual([0, 'keep'])
    expect(at(']]}|')).toEqual([])
    expect(at('[{"la|\n}]')).toEqual([0, 'la'])
  })
})

describe('insertRecipe', () => {
  it('adds it after the others, with their indentation', () => {
    const text = '{\n  "recipes": [\n    "neck"\n  ]\n}\n'
    const done = insertRecipe(text, '{\n  "label": "x"\n}')
    expect(done?.text).toBe(
      '{\n  "recipes": [\n    "neck",\n    {\n      "label": "x"\n    }\n  ]\n}\n',
    )
    expect(done?.text.slice(done.at, done.at + 3)).toBe('{\n ')
  })

  it('accepts a bare list, even an empty one', () => {
    expect(insertRecipe('[]', '"neck"')?.text).toBe('[\n  "neck"\n]')
    expect(JSON.parse(insertRecipe('["a", [1]]', '"neck"')?.text ?? '')).toEqual(['a', [1], 'neck'])
  })

  it('is null without a complete list', () => {
    expect(insertRecipe('{"label": "x", "keep": ["nose"]}', '"neck"')).toBe(null)
    expect(insertRecipe('["neck"', '"zoom"')).toBe(null)
  })
})

describe('recipeAt', () => {
  const text = '{"about": "x", "recipes": [\n "neck",\n {"keep": ["nose", "hip"]}, "zoom"]}'
  it('finds the start of the n-th recipe', () => {
    expect(text.slice(recipeAt(text, 0), recipeAt(text, 0) + 6)).toBe('"neck"')
    expect(text.slice(recipeAt(text, 1), recipeAt(text, 1) + 2)).toBe('{"')
    expect(text.slice(recipeAt(text, 2), recipeAt(text, 2) + 6)).toBe('"zoom"')
    expect(recipeAt(text, 3)).toBe(-1)
  })
})

describe('offsetOf', () => {
  it('finds line and column, and stays in the line', () => {
    expect(offsetOf('ab\ncd', 2, 2)).toBe(4)
    expect(offsetOf('ab\ncd', 1, 99)).toBe(2)
    expect(offsetOf('ab\ncd', 9)).toBe(5)
  })
})
