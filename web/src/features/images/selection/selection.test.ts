import { describe, expect, it } from 'vitest'
import {
  countSelected,
  isSelected,
  withoutIds,
  emptySelection,
  type Selection,
  withRange,
  toggled,
} from './selection'

const of = (...ids: number[]): Selection => ({ ...emptySelection, ids: new Set(ids) })
const ids = ({ ids: chosen }: Selection) => [...chosen].sort((a, b) => b - a)
const everything = { ...emptySelection, all: true }

describe('selection', () => {
  it('selects and deselects one image, and remembers its row', () => {
    const one = toggled(emptySelection, 8, 3)
    expect(ids(one)).toEqual([8])
    expect(one.anchor).toBe(3)
    expect(ids(toggled(one, 8, 3))).toEqual([])
  })

  it('adds a range to the selection', () =>
    expect(ids(withRange(of(99, 7), [8, 7, 6]))).toEqual([99, 8, 7, 6]))

  it('deselects one of all, and selects it again', () => {
    const rest = toggled(everything, 7, 0)
    expect(countSelected(rest, 100_000)).toBe(99_999)
    expect(isSelected(rest, 7)).toBe(false)
    expect(isSelected(rest, 8)).toBe(true)
    expect(countSelected(withRange(rest, [6, 7, 8]), 100_000)).toBe(100_000)
  })

  it('drops deleted images', () => {
    expect(ids(withoutIds(of(9, 8), [8, 5]))).toEqual([9])
    const same = of(9)
    expect(withoutIds(same, [5])).toBe(same)
  })
})
