import { describe, expect, it } from 'vitest'
import { moved, ordered, readLayout } from './layout'

const plain = { hidden: [], rows: 'normal', order: [], widths: {} }

describe('readLayout', () => {
  it('takes what was remembered', () => {
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

  it('drops what is no name and no width', () =>
    expect(readLayout('{"hidden":[1,"status",null],"widths":{"a":"wide","b":7,"c":1e9}}')).toEqual({
      ...plain,
      hidden: ['status'],
      widths: { b: 40, c: 800 },
    }))
})

const columns = ['marks', 'status', 'neck', 'waist'].map((id) => ({ id }))
const ids = (order: string[]) => ordered(columns, order).map(({ id }) => id)

describe('ordered', () => {
  it('is as it was without an order', () =>
    expect(ids([])).toEqual(['marks', 'status', 'neck', 'waist']))

  it('follows the order and passes over names that are gone', () =>
    expect(ids(['waist', 'gone', 'neck', 'status', 'marks'])).toEqual([
      'waist',
      'neck',
      'status',
      'marks',
    ]))

  it('puts what is new behind the one that it follows', () =>
    expect(ids(['waist', 'marks', 'status'])).toEqual(['waist', 'marks', 'status', 'neck']))
})

describe('moved', () => {
  it('takes the place of another, in both directions', () => {
    expect(moved(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
  })

  it('stays where there is no such place', () =>
    expect(moved(['a', 'b'], 'a', 'x')).toEqual(['a', 'b']))
})
