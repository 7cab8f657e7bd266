import { describe, expect, it } from 'vitest'
import { shiftOf } from './shift'

const before = [10, 11, 12, 13, 14].map((row) => ({ id: 100 - row, row }))
const in_ = (rows: Record<number, number>) => (id: number) => rows[id] ?? -1

describe('the shift of the visible rows', () => {
  it('is none when nothing was visible, or all is where it was', () => {
    expect(shiftOf([], () => 7)).toEqual({ by: 0, places: [] })
    expect(shiftOf(before, (id) => 100 - id)).toEqual({ by: 0, places: before })
  })

  it('is that of rows added or removed above', () => {
    expect(shiftOf(before, (id) => 100 - id - 8).by).toBe(-8)
    expect(shiftOf(before, (id) => 100 - id + 2).by).toBe(2)
  })

  it('does without the rows that were removed themselves', () => {
    const { by, places } = shiftOf(before, in_({ 88: 7, 87: 8, 86: 9 }))
    expect(by).toBe(-5)
    expect(places).toEqual([
      { id: 88, row: 7 },
      { id: 87, row: 8 },
      { id: 86, row: 9 },
    ])
  })

  it('ignores a row that moved on its own', () => {
    expect(shiftOf(before, in_({ 90: 0, 89: 11, 88: 12, 87: 13, 86: 14 })).by).toBe(0)
    expect(shiftOf(before, in_({ 90: 11, 89: 12, 88: 13, 87: 14, 86: 0 })).by).toBe(1)
  })

  it('is none when as many stayed as moved', () => {
    expect(shiftOf(before.slice(0, 4), in_({ 90: 11, 89: 12, 88: 12, 87: 13 })).by).toBe(0)
  })
})
