import { describe, expect, it } from 'vitest'
import { lineBreak, shifted } from './editing'

describe('lineBreak', () => {
  it('goes on as far in, further behind a bracket', () => {
    expect(lineBreak('{\n    "a": 1,')).toBe('\n    ')
    expect(lineBreak('{\n  "keep": [ ')).toBe('\n    ')
    expect(lineBreak('')).toBe('\n')
  })
})

describe('shifted', () => {
  it('moves lines in and out, empty ones stay', () => {
    expect(shifted('a\n\n  b', false)).toBe('  a\n\n    b')
    expect(shifted('  a\n b\nc\n\td', true)).toBe('a\nb\nc\nd')
  })
})
