import { describe, expect, it } from 'vitest'
import { targetOf } from './recut-choice'

const brief = (label: string) => ({ label, title: label, description: '', json: '{}', hash: '' })
const list = { recipes: ['neck', 'zoom'].map(brief), ready: ['shoes'].map(brief) }
const own = (...labels: string[]) => ({ by: 'own' as const, labels: new Set(labels) })

describe('targetOf', () => {
  it('uses the active recipes, whatever is ticked', () =>
    expect(targetOf({ ...own('zoom'), by: 'active' }, [7], list)).toEqual({
      ids: [7],
      recipes: null,
    }))

  it('keeps the order of the list', () =>
    expect(targetOf(own('shoes', 'neck', 'gone'), [7], list)?.recipes).toEqual(['neck', 'shoes']))

  it('is null without recipes, with too many, or before the ids are known', () => {
    expect(targetOf(own(), [7], list)).toBe(null)
    expect(targetOf(own('neck'), null, list)).toBe(null)
    const many = Array.from({ length: 33 }, (_, n) => `r-${n}`)
    expect(targetOf(own(...many), [7], { recipes: many.map(brief), ready: [] })).toBe(null)
  })
})
