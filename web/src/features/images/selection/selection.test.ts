import { describe, expect, it } from 'vitest'
import { left, nothing, pageToggled, ranged, type Selection, toggled, wholePage } from './selection'

const page = [9, 8, 7, 6, 5]
const of = (...ids: number[]): Selection => ({ ids: new Set(ids), all: false, anchor: null })
const ids = ({ ids: chosen }: Selection) => [...chosen].sort((a, b) => b - a)

describe('selection', () => {
  it('takes one in and out', () => {
    const one = toggled(nothing, 8, page)
    expect(ids(one)).toEqual([8])
    expect(ids(toggled(one, 8, page))).toEqual([])
  })

  it('takes a range with Shift, in either direction, from the one chosen last', () => {
    expect(ids(ranged(toggled(nothing, 8, page), 6, page))).toEqual([8, 7, 6])
    expect(ids(ranged(toggled(nothing, 6, page), 9, page))).toEqual([9, 8, 7, 6])
  })

  it('takes only the one where the start of the range is on another page', () => {
    const elsewhere: Selection = { ...of(99), anchor: 99 }
    expect(ids(ranged(elsewhere, 7, page))).toEqual([99, 7])
  })

  it('keeps what was chosen on other pages when the page is taken in or out', () => {
    const all = pageToggled(of(99, 8), page)
    expect(ids(all)).toEqual([99, 9, 8, 7, 6, 5])
    expect(wholePage(all, page)).toBe(true)
    expect(ids(pageToggled(all, page))).toEqual([99])
  })

  it('leaves the rest of the page when one is taken out of everything', () => {
    const rest = toggled({ ...nothing, all: true }, 7, page)
    expect(rest.all).toBe(false)
    expect(ids(rest)).toEqual([9, 8, 6, 5])
  })

  it('loses what is deleted', () => {
    expect(ids(left(of(9, 8), [8, 5]))).toEqual([9])
    const same = of(9)
    expect(left(same, [5])).toBe(same)
  })

  it('an empty page is not a whole one', () => expect(wholePage(nothing, [])).toBe(false))
})
