/** How a crop box is moved and sized: pure, in pixels of the picture. A box always lies within the
 * photo and keeps a shape that its recipe allows. */
import type { Box, Size } from '@/lib/box'

/** Width by height, from least to most; the same twice is one fixed shape. */
export interface Shape {
  min: number
  max: number
}

export const FREE: Shape = { min: 0, max: Infinity }

export interface Frame {
  photo: Size
  shape: Shape
}

export const handles = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const
export type Handle = (typeof handles)[number]

/** No side gets shorter, so that there is always something to take hold of. */
export const LEAST = 16

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))

function keptInside({ x, y, w, h }: Box, { width, height }: Size): Box {
  return { x: clamp(x, 0, width - w), y: clamp(y, 0, height - h), w, h }
}

export const move = (box: Box, dx: number, dy: number, { photo }: Frame): Box =>
  keptInside({ ...box, x: box.x + dx, y: box.y + dy }, photo)

/** The sides that are wanted, made to fit: grown into the shape, then shrunk into the room. */
function fitted(w: number, h: number, room: Size, { photo, shape }: Frame): [number, number] {
  const least = Math.min(LEAST, photo.width, photo.height)
  const wide = Math.max(w, least)
  const high = Math.max(h, least)
  const roomy: [number, number] = [
    Math.min(room.width, Math.max(wide, high * shape.min)),
    Math.min(room.height, Math.max(high, wide / shape.max)),
  ]
  return [
    Math.min(roomy[0], roomy[1] * shape.max),
    Math.min(roomy[1], shape.min > 0 ? roomy[0] / shape.min : Infinity),
  ]
}

/** -1, 0 or 1: which side the handle moves. */
const reach = (handle: Handle, low: string, high: string) =>
  handle.includes(high) ? 1 : handle.includes(low) ? -1 : 0

const roomFor = (direction: number, start: number, length: number, all: number) =>
  direction > 0 ? all - start : direction < 0 ? start + length : all

const startFor = (direction: number, start: number, before: number, after: number) =>
  direction > 0 ? start : start + (before - after) / (direction < 0 ? 1 : 2)

/** Drags one handle by (dx, dy). What lies opposite stays where it is; a side that only follows grows
 * to both ends. */
export function resize(box: Box, handle: Handle, dx: number, dy: number, frame: Frame): Box {
  const { photo, shape } = frame
  const sx = reach(handle, 'w', 'e')
  const sy = reach(handle, 'n', 's')
  let w = box.w + sx * dx
  let h = box.h + sy * dy
  if (sy === 0) h = clamp(h, w / shape.max, shape.min > 0 ? w / shape.min : Infinity)
  if (sx === 0) w = clamp(w, h * shape.min, h * shape.max)
  const room = {
    width: roomFor(sx, box.x, box.w, photo.width),
    height: roomFor(sy, box.y, box.h, photo.height),
  }
  ;[w, h] = fitted(w, h, room, frame)
  return keptInside(
    { x: startFor(sx, box.x, box.w, w), y: startFor(sy, box.y, box.h, h), w, h },
    photo,
  )
}

/** Larger or smaller round its middle. */
export function scale(box: Box, factor: number, frame: Frame): Box {
  const [w, h] = fitted(box.w * factor, box.h * factor, frame.photo, frame)
  return keptInside({ x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h }, frame.photo)
}

/** As typed into a field; the other side follows the shape. */
export function withField(box: Box, field: keyof Box, value: number, frame: Frame): Box {
  if (field === 'x') return move(box, value - box.x, 0, frame)
  if (field === 'y') return move(box, 0, value - box.y, frame)
  if (field === 'w') return resize(box, 'e', value - box.w, 0, frame)
  return resize(box, 's', 0, value - box.h, frame)
}

/** In whole pixels, as it is sent: the shape holds to a pixel. */
export function rounded(box: Box, { photo, shape }: Frame): Box {
  const w = clamp(Math.round(box.w), 1, photo.width)
  const least = Math.round(w / shape.max)
  const most = shape.min > 0 ? Math.round(w / shape.min) : Infinity
  const h = clamp(clamp(Math.round(box.h), least, most), 1, photo.height)
  return keptInside({ x: Math.round(box.x), y: Math.round(box.y), w, h }, photo)
}

/** A first box where the plan has none: the largest that the shape allows in the middle half. */
export function firstBox(frame: Frame): Box {
  const { width, height } = frame.photo
  return rounded(
    scale({ x: width / 4, y: height / 4, w: width / 2, h: height / 2 }, 1, frame),
    frame,
  )
}
