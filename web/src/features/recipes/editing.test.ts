import { describe, expect, it } from 'vitest'
import { lineBreak, shifted } from './editing'

describe('lineBreak', () => {
  it('keeps the indentation, and adds a step after a bracket', () => {
    expect(lineBreak('{\n    "a": 1,')).toBe('\n    ')
    expect(lineBreak('{\n  "keep": [ ')).toBe('\n    ')
    expect(lineBreak('')).toBe('\n')
  })
})

describe('shifted', () => {
  it('indents and outdents lines, except empty ones', () => {
    expect(shifted('a\n\n  b', false)).toBe('  a\n\n    b')
    expect(shifted('  a\n b\nc\n\td', true)).toBe('a\nb\nc\nd')
  })
})
