import { describe, expect, it } from 'vitest'
import type { Shot } from '@/lib/api/types'
import { changes, compare } from './compare'

const shot = (label: string, more: Partial<Shot> = {}): Shot => ({
  label,
  title: label.toUpperCase(),
  state: 'ok',
  reasons: [],
  box: [0, 0, 10, 20],
  width: 10,
  height: 20,
  ...more,
})

describe('compare', () => {
  it('says how each shot changes', () => {
    const now = [
      shot('a'),
      shot('b'),
      shot('c'),
      shot('d'),
      shot('e', { state: 'absent' }),
      shot('f'),
    ]
    const then = [
      shot('n'),
      shot('a', { recipe: 'other' }),
      shot('b', { box: [1, 0, 10, 20] }),
      shot('c', { state: 'absent' }),
      shot('e', { state: 'absent' }),
      shot('f'),
    ]
    const pairs = compare({ shots: now }, { shots: then })
    expect(pairs.map(({ label, kind }) => `${label} ${kind}`)).toEqual([
      'n new',
      'a changed',
      'b changed',
      'c gone',
      'e same',
      'f same',
      'd gone',
    ])
    expect(changes(pairs)).toBe(true)
  })

  it('notices another state or size', () => {
    const [pair] = compare({ shots: [shot('a')] }, { shots: [shot('a', { state: 'review' })] })
    expect(pair?.kind).toBe('changed')
    const [other] = compare({ shots: [shot('a')] }, { shots: [shot('a', { width: 9 })] })
    expect(other?.kind).toBe('changed')
    expect(changes(compare({ shots: [shot('a')] }, { shots: [shot('a')] }))).toBe(false)
  })
})
