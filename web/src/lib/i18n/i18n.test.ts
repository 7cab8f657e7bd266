import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { de } from './de'
import { en } from './en'

const root = new URL('../../../../', import.meta.url)
const reasons = [
  ...readFileSync(new URL('src/shots/reasons.def', root), 'utf8').matchAll(
    /^PC_REASON\(\w+, "(\w+)"/gm,
  ),
].map(([, name]) => name)

describe('texts', () => {
  it('both languages list the same number of shortcuts', () =>
    expect(de.help.keys).toHaveLength(en.help.keys.length))

  it.each([
    ['en', en],
    ['de', de],
  ])('%s has words for every reason of a shot', (_, texts) =>
    expect(Object.keys(texts.reasons).sort()).toEqual([...reasons].sort()),
  )

  it('format counts as the language does', () => {
    expect(en.bulk.count(1)).toBe('1 image')
    expect(en.bulk.count(12_000)).toBe('12,000 images')
    expect(de.bulk.count(1)).toBe('1 Bild')
    expect(de.bulk.count(12_000)).toBe('12.000 Bilder')
  })
})
