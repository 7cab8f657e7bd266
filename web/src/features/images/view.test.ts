import { describe, expect, it } from 'vitest'
import { filterKey, listParams, readView, writeView } from './view'

describe('the view in the address bar', () => {
  it.each([
    '',
    '?q=red+dress&show=failed',
    '?sort=name&order=asc&page=3&rows=250',
    '?image=12&shot=neck',
    '?show=failed&batch=spring+2027',
  ])('%s reads and writes the same', (search) => expect(writeView(readView(search))).toBe(search))

  it.each([
    '?show=nonsense&sort=x&order=up&page=-1&rows=7&image=abc&shot=neck',
    '?page=1e9&image=9999999999999999999',
    '?page=0',
  ])('%s, which makes no sense, is the plain view', (search) =>
    expect(writeView(readView(search))).toBe(''),
  )
})

describe('listParams', () => {
  it('asks for what needs attention by its own parameter', () =>
    expect(listParams(readView('?show=attention'))).toMatchObject({
      attention: 'true',
      status: undefined,
    }))

  it('asks for a batch', () =>
    expect(listParams(readView('?batch=spring'))).toMatchObject({ batch: 'spring' }))

  it('turns pages into offsets', () =>
    expect(listParams(readView('?page=3&rows=50'))).toMatchObject({ limit: 50, offset: 100 }))
})

describe('filterKey', () => {
  it('is the same on another page and in another order', () =>
    expect(filterKey(readView('?q=a&page=2&sort=name'))).toBe(filterKey(readView('?q=a'))))

  it.each(['?q=b', '?show=failed', '?batch=a'])('is another with %s', (search) =>
    expect(filterKey(readView(search))).not.toBe(filterKey(readView(''))),
  )
})
