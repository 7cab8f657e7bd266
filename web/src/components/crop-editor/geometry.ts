/** Moves and resizes a crop box. Pure functions, in pixels of the image. A box always stays inside the photo
 * and keeps an aspect ratio that its recipe allows. */
import type { Box, Size } from '@/lib/box'

/** The allowed range of width divided by height. Equal bounds mean one fixed aspect ratio. */
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

/** The shortest side, so that there is always something to drag. */
export const LEAST = 16

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))

function keptInside({ x, y, w, h }: Box, { width, height }: Size): Box {
  return { x: clamp(x, 0, width - w), y: clamp(y, 0, height - h), w, h }
}

export const move = (box: Box, dx: number, dy: number, { photo }: Frame): Box =>
  keptInside({ ...box, x: box.x + dx, y: box.y + dy }, photo)

/** Adjusts width and height: first they grow to an allowed aspect ratio, then they shrink into the room. */
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

/** Which side the handle moves: -1 the low one, 1 the high one, 0 neither. */
const reach = (handle: Handle, low: string, high: string) =>
  handle.includes(high) ? 1 : handle.includes(low) ? -1 : 0

const roomFor = (direction: number, start: number, length: number, all: number) =>
  direction > 0 ? all - start : direction < 0 ? start + length : all

const startFor = (direction: number, start: number, before: number, after: number) =>
  direction > 0 ? start : start + (before - after) / (direction < 0 ? 1 : 2)

/** Drags one handle by (dx, dy). The opposite corner or edge stays in place. A side that only follows the
 * aspect ratio grows at both ends. */
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

/** Resizes the box around its centre. */
export function scale(box: Box, factor: number, frame: Frame): Box {
  const [w, h] = fitted(box.w * factor, box.h * factor, frame.photo, frame)
  return keptInside({ x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h }, frame.photo)
}

/** Sets one number of the box; the other side follows the aspect ratio. */
export function withField(box: Box, field: keyof Box, value: number, frame: Frame): Box {
  if (field === 'x') return move(box, value - box.x, 0, frame)
  if (field === 'y') return move(box, 0, value - box.y, frame)
  if (field === 'w') return resize(box, 'e', value - box.w, 0, frame)
  return resize(box, 's', 0, value - box.h, frame)
}

/** Rounds to whole pixels, as the API expects. The aspect ratio is then exact to one pixel. */
export function rounded(box: Box, { photo, shape }: Frame): Box {
  const w = clamp(Math.round(box.w), 1, photo.width)
  const least = Math.round(w / shape.max)
  const most = shape.min > 0 ? Math.round(w / shape.min) : Infinity
  const h = clamp(clamp(Math.round(box.h), least, most), 1, photo.height)
  return keptInside({ x: Math.round(box.x), y: Math.round(box.y), w, h }, photo)
}

/** The box to start with if the plan has none: the largest allowed one in the middle half of the photo. */
export function firstBox(frame: Frame): Box {
  const { width, height } = frame.photo
  return rounded(
    scale({ x: width / 4, y: height / 4, w: width / 2, h: height / 2 }, 1, frame),
    frame,
  )
}
