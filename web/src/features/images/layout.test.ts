import { describe, expect, it } from 'vitest'
import { readLayout } from './layout'

const plain = { hidden: [], rows: 'normal' }

describe('readLayout', () => {
  it('takes what was remembered', () =>
    expect(readLayout('{"hidden":["shot-neck"],"rows":"compact"}')).toEqual({
      hidden: ['shot-neck'],
      rows: 'compact',
    }))

  it.each([null, '', '{', 'null', '[]', '{"hidden":"x","rows":7}'])(
    '%s is the plain layout',
    (text) => expect(readLayout(text)).toEqual(plain),
  )

  it('drops names that are none', () =>
    expect(readLayout('{"hidden":[1,"status",null]}')).toEqual({ ...plain, hidden: ['status'] }))
})
