import type { Box } from '@/lib/box'
import { type Frame, move, resize, scale } from './geometry'

export interface Pressed {
  key: string
  shiftKey: boolean
  altKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

const directions: Partial<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** The box after a key press. Arrow keys move it by one screen pixel, or by ten with Shift. Plus, minus and
 * arrow keys with Alt resize it. null for any other key. */
export function byKey(box: Box, pressed: Pressed, pixel: number, frame: Frame): Box | null {
  if (pressed.ctrlKey || pressed.metaKey) return null
  const step = Math.max(1, pixel) * (pressed.shiftKey ? 10 : 1)
  const grow = pressed.key === '+' || pressed.key === '=' ? 1 : /^[-_]$/.test(pressed.key) ? -1 : 0
  if (grow !== 0) return scale(box, (box.w + 2 * grow * step) / box.w, frame)
  const [x, y] = directions[pressed.key] ?? [0, 0]
  if (x === 0 && y === 0) return null
  if (!pressed.altKey) return move(box, x * step, y * step, frame)
  return x !== 0 ? resize(box, 'e', x * step, 0, frame) : resize(box, 's', 0, y * step, frame)
}
