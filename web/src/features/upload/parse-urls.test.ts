import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { en } from '@/lib/i18n/en'
import { holdsUrls, isCsv, parseUrls as parseWith, readUrlLines } from './parse-urls'

const parseUrls = (text: string) => parseWith(text, en.urls.reason)

describe('parseUrls', () => {
  it('reads one per line, with any line end and spaces around', () =>
    expect(parseUrls(' https://a.test/1.jpg \r\nhttp://b.test/2.jpg\rhttps://c.test').good).toEqual(
      [
        { line: 1, url: 'https://a.test/1.jpg' },
        { line: 2, url: 'http://b.test/2.jpg' },
        { line: 3, url: 'https://c.test' },
      ],
    ))

  it('skips blank lines and comments, but counts them', () =>
    expect(parseUrls('\n# looks\n\nhttps://a.test/1.jpg\n')).toMatchObject({
      good: [{ line: 4, url: 'https://a.test/1.jpg' }],
      bad: [],
    }))

  it.each([
    ['look-01.jpg', 'is not a valid URL'],
    ['https://', 'is not a valid URL'],
    ['https://a.test/a b.jpg', 'is not a valid URL'],
    ['javascript:alert(1)', 'is not a valid URL'],
    ['ftp://a.test/1.jpg', 'is not an http or https URL'],
    ['file:///etc/passwd', 'is not an http or https URL'],
    [`https://a.test/${'x'.repeat(8300)}`, 'is too long'],
  ])('names %s', (url, why) =>
    expect(parseUrls(`https://a.test\n${url}`)).toMatchObject({
      good: [{ line: 1, url: 'https://a.test' }],
      bad: [{ line: 2, url, why }],
    }),
  )

  it('accepts each URL once', () =>
    expect(parseUrls('https://a.test\nhttps://a.test').bad).toEqual([
      { line: 2, url: 'https://a.test', why: 'is a duplicate' },
    ]))
})

describe('holdsUrls', () => {
  it('is true when a line is a URL', () => expect(holdsUrls('x\nhttps://a.test/1\n')).toBe(true))
  it('is false for prose', () => expect(holdsUrls('see https://a.test for more')).toBe(false))
})

describe('CSV', () => {
  const parse = (text: string) => parseUrls(text)

  it('reads url, sku and label in any order and case, beside other columns', () =>
    expect(parse('SKU,Note,URL,Label\nA-1,x,https://a.test/1.jpg,front').good).toEqual([
      { line: 2, url: 'https://a.test/1.jpg', sku: 'A-1', label: 'front' },
    ]))

  it.each([';', '\t'])('accepts %j as separator', (separator) =>
    expect(parse(`url${separator}sku\nhttps://a.test/1.jpg${separator}A`).good[0]).toMatchObject({
      sku: 'A',
    }),
  )

  it('accepts a byte order mark and a single url column', () =>
    expect(parse('\uFEFFurl\nhttps://a.test/1.jpg')).toMatchObject({ column: 'url', bad: [] }))

  it('names bad lines by their number in the file', () => {
    const text = `url,sku\nhttps://a.test/1.jpg,A\n\n,B\nftp://a.test/2.jpg,C\nhttps://a.test/1.jpg,D\nhttps://a.test/3.jpg,${'x'.repeat(129)}\n`
    const { good, bad, column } = parse(text)
    expect(column).toBe('url')
    expect(good.map(({ line }) => line)).toEqual([2])
    expect(bad.map(({ line, why }) => [line, why])).toEqual([
      [4, 'has no URL'],
      [5, 'is not an http or https URL'],
      [6, 'is a duplicate'],
      [7, 'has an SKU or label of more than 128 characters'],
    ])
  })

  it('is not CSV without a url column', () => {
    expect(isCsv('https://a.test/1.jpg,A-1')).toBe(false)
    expect(isCsv('name,sku\nhttps://a.test/1.jpg,A')).toBe(false)
    expect(isCsv('')).toBe(false)
  })
})

interface ListCase {
  name: string
  text: string
  column: string | null
  rows: [number, string, string, string][]
}

describe('the cases that the server is held to as well', () => {
  const cases = JSON.parse(readFileSync('../tests/data/url_lists.json', 'utf8')) as ListCase[]

  it.each(cases)('$name', ({ text, column, rows }) => {
    const read = readUrlLines(text)
    expect(read.column).toBe(column)
    expect(
      read.lines.map(({ line, url, sku = '', label = '' }) => [line, url, sku, label]),
    ).toEqual(rows)
  })
})
