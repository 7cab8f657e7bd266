import { describe, expect, it } from 'vitest'
import type { Box } from '@/lib/box'
import {
  firstBox,
  FREE,
  type Frame,
  handles,
  LEAST,
  move,
  resize,
  rounded,
  scale,
  withField,
} from './geometry'

const photo = { width: 800, height: 1200 }
const free: Frame = { photo, shape: FREE }
const fixed: Frame = { photo, shape: { min: 0.8, max: 0.8 } }
const between: Frame = { photo, shape: { min: 1, max: 4 / 3 } }
const box: Box = { x: 200, y: 300, w: 320, h: 400 }

const inside = ({ x, y, w, h }: Box) =>
  x >= -1e-6 && y >= -1e-6 && x + w <= photo.width + 1e-6 && y + h <= photo.height + 1e-6

describe('move', () => {
  it('follows the pointer', () =>
    expect(move(box, 10, -20, free)).toEqual({ x: 210, y: 280, w: 320, h: 400 }))

  it('stops at the edges of the photo', () => {
    expect(move(box, -900, -900, free)).toMatchObject({ x: 0, y: 0 })
    expect(move(box, 9000, 9000, free)).toMatchObject({ x: 480, y: 800 })
  })
})

describe('resize', () => {
  it('moves only that side without an aspect ratio', () =>
    expect(resize(box, 'e', 30, 99, free)).toEqual({ x: 200, y: 300, w: 350, h: 400 }))

  it('keeps the opposite corner in place', () => {
    const smaller = resize(box, 'nw', 40, 40, fixed)
    expect(smaller.x + smaller.w).toBeCloseTo(520)
    expect(smaller.y + smaller.h).toBeCloseTo(700)
  })

  it('keeps a fixed aspect ratio, growing at both ends', () => {
    const wider = resize(box, 'e', 80, 0, fixed)
    expect(wider).toMatchObject({ x: 200, w: 400, h: 500 })
    expect(wider.y).toBe(250)
  })

  it('moves within the allowed aspect ratios', () => {
    const square = { x: 100, y: 100, w: 300, h: 300 }
    expect(resize(square, 'e', 50, 0, between)).toMatchObject({ w: 350, h: 300 })
    const wide = resize(square, 'e', 300, 0, between)
    expect(wide.w / wide.h).toBeCloseTo(4 / 3)
    expect(wide.w).toBe(600)
  })

  it.each(handles)('stays inside the photo and its aspect ratio, dragged far by %s', (handle) => {
    for (const frame of [free, fixed, between])
      for (const [dx, dy] of [
        [5000, 5000],
        [-5000, -5000],
        [5000, -5000],
        [0, 5000],
        [-5000, 0],
      ] as const) {
        const start = frame === between ? { x: 100, y: 100, w: 300, h: 300 } : box
        const far = resize(start, handle, dx, dy, frame)
        expect(inside(far)).toBe(true)
        expect(far.w).toBeGreaterThanOrEqual(LEAST - 1e-6)
        expect(far.h).toBeGreaterThanOrEqual(LEAST - 1e-6)
        expect(far.w / far.h).toBeGreaterThanOrEqual(frame.shape.min - 1e-9)
        expect(far.w / far.h).toBeLessThanOrEqual(frame.shape.max + 1e-9)
      }
  })
})

describe('scale', () => {
  it('keeps the centre', () =>
    expect(scale(box, 0.5, fixed)).toEqual({ x: 280, y: 400, w: 160, h: 200 }))

  it('stops at the edges of the photo', () => {
    const all = scale(box, 100, fixed)
    expect(inside(all)).toBe(true)
    expect(all.w).toBe(800)
    expect(all.h).toBeCloseTo(1000)
  })
})

describe('withField', () => {
  it('sets one side; the other follows', () =>
    expect(withField(box, 'w', 160, fixed)).toMatchObject({ x: 200, w: 160, h: 200 }))

  it('sets the position, kept inside the photo', () =>
    expect(withField(box, 'y', 9999, fixed)).toMatchObject({ x: 200, y: 800 }))
})

describe('rounded', () => {
  it('keeps the aspect ratio to one pixel', () => {
    const whole = rounded({ x: 1.4, y: 2.6, w: 333.4, h: 416.75 }, fixed)
    expect(whole).toEqual({ x: 1, y: 3, w: 333, h: 416 })
  })

  it('does not leave the photo by rounding', () =>
    expect(inside(rounded({ x: 479.6, y: 799.7, w: 320.4, h: 400.5 }, fixed))).toBe(true))
})

it('the first box is in the middle and has the aspect ratio of the recipe', () => {
  const first = firstBox(fixed)
  expect(first.w / first.h).toBeCloseTo(0.8, 1)
  expect(first.x + first.w / 2).toBeCloseTo(400, 0)
})
