/** A half-open box in pixels of the upright image. The API writes it as [x, y, width, height]. */
export interface Box {
  x: number
  y: number
  w: number
  h: number
}

export interface Size {
  width: number
  height: number
}

export const boxOf = ([x = 0, y = 0, w = 0, h = 0]: readonly number[]): Box => ({ x, y, w, h })

export const listOf = ({ x, y, w, h }: Box): number[] => [x, y, w, h]

export const sameBox = (a: Box, b: Box) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h
