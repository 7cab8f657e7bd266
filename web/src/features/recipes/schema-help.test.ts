import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { helpAt, type Schema } from './schema-help'

const file = new URL('../../../../recipes/recipe.schema.json', import.meta.url)
const schema = JSON.parse(readFileSync(file, 'utf8')) as Schema

describe('helpAt', () => {
  it('describes a key of a recipe in every form of the text', () => {
    for (const path of [['recipes', 2, 'joints'], [0, 'joints'], ['joints']]) {
      const help = helpAt(schema, path)
      expect(help?.name).toBe('joints')
      expect(help?.values).toEqual(['ignore', 'spare'])
      expect(help?.defaultValue).toBe('"spare"')
      expect(help?.description).toMatch(/^spare: free edges/)
    }
  })

  it('lists the keys of a recipe and of its parts', () => {
    const keys = (path: (string | number)[]) => helpAt(schema, path)?.keys.map(({ key }) => key)
    expect(keys([0])).toContain('based_on')
    expect(keys([0, 'margin'])).toEqual(['all', 'sides', 'top', 'right', 'bottom', 'left'])
    expect(helpAt(schema, [0, 'margin', 'top'])?.description).toMatch(/^A number of pixels/)
    expect(keys([0, 'cut', 'top'])).toEqual(['at', 'between', 'share', 'offset'])
  })

  it('lists the landmarks for a list and for its entries', () => {
    expect(helpAt(schema, [0, 'keep'])?.values).toContain('left_shoulder')
    const entry = helpAt(schema, [0, 'keep', 3])
    expect(entry?.values).toContain('chin')
    expect(entry?.description).toBe('What the box holds')
    expect(helpAt(schema, [0, 'cut', 'top', 'share'])?.values).toEqual(['0 … 1'])
  })

  it('is null for unknown keys', () => {
    expect(helpAt(schema, [0, 'colour'])).toBe(null)
    expect(helpAt(schema, [0, 'label', 'x'])).toBe(null)
    expect(helpAt(schema, [])?.name).toBe('')
  })
})
