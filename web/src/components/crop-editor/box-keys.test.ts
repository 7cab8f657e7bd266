import { describe, expect, it } from 'vitest'
import { byKey, type Pressed } from './box-keys'
import type { Frame } from './geometry'

const frame: Frame = { photo: { width: 1000, height: 1000 }, shape: { min: 1, max: 1 } }
const box = { x: 400, y: 400, w: 200, h: 200 }
const press = (key: string, more: Partial<Pressed> = {}) =>
  byKey(
    box,
    { key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more },
    2,
    frame,
  )

describe('keys on the box', () => {
  it('arrow keys move it by one screen pixel, by ten with Shift', () => {
    expect(press('ArrowLeft')).toMatchObject({ x: 398, y: 400 })
    expect(press('ArrowDown', { shiftKey: true })).toMatchObject({ x: 400, y: 420 })
  })

  it('Alt and arrow keys resize it', () => {
    expect(press('ArrowRight', { altKey: true })).toMatchObject({ x: 400, w: 202, h: 202 })
    expect(press('ArrowUp', { altKey: true })).toMatchObject({ y: 400, w: 198, h: 198 })
  })

  it('plus and minus resize it around its centre', () => {
    expect(press('+')).toEqual({ x: 398, y: 398, w: 204, h: 204 })
    expect(press('-')).toEqual({ x: 402, y: 402, w: 196, h: 196 })
  })

  it('moves by at least one image pixel', () => {
    const key = {
      key: 'ArrowRight',
      shiftKey: false,
      altKey: false,
      ctrlKey: false,
      metaKey: false,
    }
    expect(byKey(box, key, 0.2, frame)?.x).toBe(401)
  })

  it('ignores other keys, and keys with Ctrl', () => {
    expect(press('a')).toBe(null)
    expect(press('+', { ctrlKey: true })).toBe(null)
  })
})
