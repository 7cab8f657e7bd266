import type { ImageDetail, Person } from './api/types'

export const layers = ['skeleton', 'people', 'crops'] as const
export type Layer = (typeof layers)[number]

/** The pairs of COCO keypoints that a bone joins. */
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

/** The colour of a shot's frame, on the photo and in the row of views below it. */
export const hueOf = (index: number) => HUES[index % HUES.length] ?? '#fff'

const MIN_SCORE = 0.25

export interface Keypoint {
  name: string
  x: number
  y: number
  score: number
}

/** The keypoints that are certain enough to be drawn. */
export const visibleKeypoints = ({ landmarks }: Person): Keypoint[] =>
  landmarks.filter(({ score }) => score >= MIN_SCORE)

export function bonesOf(person: Person): { key: string; from: Keypoint; to: Keypoint }[] {
  const points = new Map(visibleKeypoints(person).map((point) => [point.name, point]))
  return BONES.flatMap(([a, b]) => {
    const from = points.get(a)
    const to = points.get(b)
    return from && to ? [{ key: `${a}-${b}`, from, to }] : []
  })
}

/** The size of the upright image; 0 while it is unknown. */
export function sizeOf({ width = 0, height = 0 }: ImageDetail) {
  return { width, height, unit: Math.max(width, height) / 1000 }
}
