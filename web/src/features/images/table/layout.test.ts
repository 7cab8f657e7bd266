import { describe, expect, it } from 'vitest'
import { moved, ordered, readLayout } from './layout'

const plain = { hidden: [], rows: 'normal', order: [], widths: {} }

describe('readLayout', () => {
  it('reads a stored layout', () => {
    const known = {
      hidden: ['shot-neck'],
      rows: 'compact',
      order: ['status', 'marks'],
      widths: { status: 120 },
    }
    expect(readLayout(JSON.stringify(known))).toEqual(known)
  })

  it.each([null, '', '{', 'null', '[]', '{"hidden":"x","rows":7,"order":{},"widths":[1]}'])(
    '%s is the plain layout',
    (text) => expect(readLayout(text)).toEqual(plain),
  )

  it('drops invalid names and widths', () =>
    expect(readLayout('{"hidden":[1,"status",null],"widths":{"a":"wide","b":7,"c":1e9}}')).toEqual({
      ...plain,
      hidden: ['status'],
      widths: { b: 40, c: 800 },
    }))
})

const columns = ['marks', 'status', 'neck', 'waist'].map((id) => ({ id }))
const ids = (order: string[]) => ordered(columns, order).map(({ id }) => id)

describe('ordered', () => {
  it('is unchanged without an order', () =>
    expect(ids([])).toEqual(['marks', 'status', 'neck', 'waist']))

  it('follows the order and skips names that no longer exist', () =>
    expect(ids(['waist', 'gone', 'neck', 'status', 'marks'])).toEqual([
      'waist',
      'neck',
      'status',
      'marks',
    ]))

  it('puts a new column behind the one that it follows by default', () =>
    expect(ids(['waist', 'marks', 'status'])).toEqual(['waist', 'marks', 'status', 'neck']))
})

describe('moved', () => {
  it('takes the place of another in both directions', () => {
    expect(moved(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
  })

  it('stays if there is no such column', () =>
    expect(moved(['a', 'b'], 'a', 'x')).toEqual(['a', 'b']))
})
