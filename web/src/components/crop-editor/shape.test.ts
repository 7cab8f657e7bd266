import { expect, it } from 'vitest'
import { shapeOf } from './shape'

const brief = (label: string, keys: object) => ({
  label,
  title: label,
  description: '',
  hash: '',
  json: JSON.stringify({ label, ...keys }),
})

it.each([
  [{ aspect: '4:5' }, { min: 0.8, max: 0.8 }],
  [{ aspect: 1.5 }, { min: 1.5, max: 1.5 }],
  [{ aspect: ['4:3', '1:1'] }, { min: 1, max: 4 / 3 }],
  [{ aspect: 'free' }, { min: 0, max: Infinity }],
  [{}, { min: 0, max: Infinity }],
  [
    { aspect: '4:5', size: { mode: 'exact', width: 300, height: 300 } },
    { min: 1, max: 1 },
  ],
  [{ based_on: 'neck' }, null],
  [{ aspect: 'golden' }, null],
])('%j', (keys, shape) => expect(shapeOf('neck', [brief('neck', keys)])).toEqual(shape))

it('finds the recipe of a further person', () =>
  expect(shapeOf('length-2', [brief('length', { aspect: 1 })])).toEqual({ min: 1, max: 1 }))

it('is null for an unknown recipe', () => expect(shapeOf('neck', [])).toBe(null))
