import { describe, expect, it } from 'vitest'
import { entryAt, offsetOf, placeAt, withEntry } from './json-cursor'

/** The place of the bar in the text. */
const at = (text: string) => placeAt(text.replace('|', ''), text.indexOf('|'))

describe('placeAt', () => {
  it('knows the key at the cursor, in it and behind it', () => {
    const whole = { path: ['recipes', 1, 'margin', 'top'], atKey: true }
    expect(at('{"recipes": ["neck", {"margin": {"t|op": "1 head"}}]}')).toEqual(whole)
    expect(at('{"recipes": ["neck", {"margin": {"top": "1 he|ad"}}]}')).toEqual(whole)
    expect(at('{"recipes": ["neck", {"margin": {"top":| "1 head"}}]}')).toEqual(whole)
  })

  it('is in the object where no key is', () => {
    expect(at('[{"label": "a", |}]')).toEqual({ path: [0], atKey: false })
    expect(at('[{|}]')).toEqual({ path: [0], atKey: false })
    expect(at('|')).toEqual({ path: [], atKey: false })
  })

  it('counts entries of lists', () =>
    expect(at('[{"keep": ["nose", "l|')).toEqual({ path: [0, 'keep', 1], atKey: false }))

  it('takes braces and quotes in texts for what they are', () =>
    expect(at('[{"about": "a \\"{[", "aspect": |"1:1"}]').path).toEqual([0, 'aspect']))

  it('bears what is broken', () => {
    expect(at('[{"label": "a" "keep": |').path).toEqual([0, 'keep'])
    expect(at(']]}|').path).toEqual([])
    expect(at('[{"la|\n}]')).toEqual({ path: [0, 'la'], atKey: true })
  })
})

describe('withEntry', () => {
  it('puts it behind the others, indented as they are', () => {
    const text = '{\n  "recipes": [\n    "neck"\n  ]\n}\n'
    const done = withEntry(text, '{\n  "label": "x"\n}')
    expect(done?.text).toBe(
      '{\n  "recipes": [\n    "neck",\n    {\n      "label": "x"\n    }\n  ]\n}\n',
    )
    expect(done?.text.slice(done.at, done.at + 3)).toBe('{\n ')
  })

  it('takes a bare list, also an empty one', () => {
    expect(withEntry('[]', '"neck"')?.text).toBe('[\n  "neck"\n]')
    expect(JSON.parse(withEntry('["a", [1]]', '"neck"')?.text ?? '')).toEqual(['a', [1], 'neck'])
  })

  it('refuses where there is no list', () => {
    expect(withEntry('{"label": "x", "keep": ["nose"]}', '"neck"')).toBe(null)
    expect(withEntry('["neck"', '"zoom"')).toBe(null)
  })
})

describe('entryAt', () => {
  const text = '{"about": "x", "recipes": [\n "neck",\n {"keep": ["nose", "hip"]}, "zoom"]}'
  it('finds the start of the n-th', () => {
    expect(text.slice(entryAt(text, 0), entryAt(text, 0) + 6)).toBe('"neck"')
    expect(text.slice(entryAt(text, 1), entryAt(text, 1) + 2)).toBe('{"')
    expect(text.slice(entryAt(text, 2), entryAt(text, 2) + 6)).toBe('"zoom"')
    expect(entryAt(text, 3)).toBe(-1)
  })
})

describe('offsetOf', () => {
  it('finds line and column, and stays in the line', () => {
    expect(offsetOf('ab\ncd', 2, 2)).toBe(4)
    expect(offsetOf('ab\ncd', 1, 99)).toBe(2)
    expect(offsetOf('ab\ncd', 9)).toBe(5)
  })
})
