import { describe, expect, it } from 'vitest'
import type { Person } from './api/types'
import { bonesOf, visibleKeypoints } from './skeleton'

const person = (...landmarks: [string, number][]): Person => ({
  score: 1,
  box: [0, 0, 1, 1],
  boxRelative: [0, 0, 1, 1],
  facing: 'front',
  landmarks: landmarks.map(([name, score]) => ({ name, score, x: 1, y: 1 })),
})

describe('the skeleton', () => {
  it('joins keypoints that are both certain', () =>
    expect(
      bonesOf(person(['left_hip', 0.9], ['left_knee', 0.5], ['left_ankle', 0.1])).map(
        ({ key }) => key,
      ),
    ).toEqual(['left_hip-left_knee']))

  it('leaves out uncertain keypoints', () =>
    expect(visibleKeypoints(person(['nose', 0.2], ['left_ear', 0.25]))).toHaveLength(1))
})
