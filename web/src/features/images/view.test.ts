import { describe, expect, it } from 'vitest'
import { listParams, readView, writeView } from './view'

describe('the view in the address bar', () => {
  it.each([
    '',
    '?q=red+dress&show=failed',
    '?sort=name&order=asc&page=3&rows=250',
    '?image=12&shot=neck',
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

  it('turns pages into offsets', () =>
    expect(listParams(readView('?page=3&rows=50'))).toMatchObject({ limit: 50, offset: 100 }))
})
