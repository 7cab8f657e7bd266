import { expect, it } from 'vitest'
import { aspectText } from './aspect-text'

const of = (recipe: object) => aspectText({ json: JSON.stringify(recipe) })

it('is the aspect ratio as the recipe writes it', () => {
  expect(of({ aspect: '4:5' })).toBe('4:5')
  expect(of({ aspect: ['2:3', 1] })).toBe('2:3 – 1')
  expect(of({ size: { mode: 'exact', width: 800, height: 600 } })).toBe('800 × 600')
  expect(of({ aspect: 'free' })).toBe(null)
  expect(of({})).toBe(null)
})
