import { describe, expect, it } from 'vitest'
import { filterKey, readView, viewParams, writeView } from './view'

describe('the view in the address bar', () => {
  it.each([
    '',
    '?q=red+dress&show=failed',
    '?sort=name&order=asc&row=301',
    '?image=12&shot=neck',
    '?show=failed&batch=spring+2027',
  ])('%s reads and writes the same', (search) => expect(writeView(readView(search))).toBe(search))

  it.each([
    '?show=nonsense&sort=x&order=up&row=-1&image=abc&shot=neck',
    '?row=1e9&image=9999999999999999999',
    '?row=0',
  ])('%s, which makes no sense, is the plain view', (search) =>
    expect(writeView(readView(search))).toBe(''),
  )
})

describe('viewParams', () => {
  it('asks for what is to be reviewed as the review does', () =>
    expect(viewParams(readView('?show=attention'))).toMatchObject({
      status: 'processed',
      attention: 'true',
      review: 'none',
    }))

  it('asks for a batch', () =>
    expect(viewParams(readView('?batch=spring'))).toMatchObject({ batch: 'spring' }))
})

describe('filterKey', () => {
  it('is equal for another row and another order', () =>
    expect(filterKey(readView('?q=a&row=2&sort=name'))).toBe(filterKey(readView('?q=a'))))

  it.each(['?q=b', '?show=failed', '?batch=a'])('differs with %s', (search) =>
    expect(filterKey(readView(search))).not.toBe(filterKey(readView(''))),
  )
})
