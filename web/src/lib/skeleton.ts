import type { ImageDetail, Person } from './api/types'

export const layers = ['skeleton', 'people', 'crops'] as const
export type Layer = (typeof layers)[number]

/** Names of COCO's 17 points, by pairs that a bone joins. */
const BONES = [
  ['left_shoulder', 'right_shoulder'],
  ['left_shoulder', 'left_elbow'],
  ['left_elbow', 'left_wrist'],
  ['right_shoulder', 'right_elbow'],
  ['right_elbow', 'right_wrist'],
  ['left_shoulder', 'left_hip'],
  ['right_shoulder', 'right_hip'],
  ['left_hip', 'right_hip'],
  ['left_hip', 'left_knee'],
  ['left_knee', 'left_ankle'],
  ['right_hip', 'right_knee'],
  ['right_knee', 'right_ankle'],
  ['nose', 'left_eye'],
  ['nose', 'right_eye'],
  ['left_eye', 'left_ear'],
  ['right_eye', 'right_ear'],
] as const

const HUES = ['#ffd166', '#7ee0b0', '#7cc8ff', '#ff9ecb', '#c9b3ff', '#ffb083']

/** The colour of a shot's frame, on the photo and in the row of views. */
export const hueOf = (index: number) => HUES[index % HUES.length] ?? '#fff'

const SURE = 0.25

export interface Point {
  name: string
  x: number
  y: number
  score: number
}

/** Points that are likely enough to be drawn. */
export const surePoints = ({ landmarks }: Person): Point[] =>
  landmarks.filter(({ score }) => score >= SURE)

export function bonesOf(person: Person): { key: string; from: Point; to: Point }[] {
  const points = new Map(surePoints(person).map((point) => [point.name, point]))
  return BONES.flatMap(([a, b]) => {
    const from = points.get(a)
    const to = points.get(b)
    return from && to ? [{ key: `${a}-${b}`, from, to }] : []
  })
}

/** Size of the upright picture; 0 where it is not known yet. */
export function sizeOf({ width = 0, height = 0 }: ImageDetail) {
  return { width, height, unit: Math.max(width, height) / 1000 }
}
