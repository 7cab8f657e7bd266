import { describe, expect, it } from 'vitest'
import { holdsUrls, parseUrls } from './parse-urls'

describe('parseUrls', () => {
  it('takes one a line, with either kind of line end and spaces around', () =>
    expect(parseUrls(' https://a.test/1.jpg \r\nhttp://b.test/2.jpg\rhttps://c.test').good).toEqual(
      [
        { line: 1, url: 'https://a.test/1.jpg' },
        { line: 2, url: 'http://b.test/2.jpg' },
        { line: 3, url: 'https://c.test' },
      ],
    ))

  it('counts blank lines and comments, and passes them over', () =>
    expect(parseUrls('\n# looks\n\nhttps://a.test/1.jpg\n')).toEqual({
      good: [{ line: 4, url: 'https://a.test/1.jpg' }],
      bad: [],
    }))

  it.each([
    ['look-01.jpg', 'is not a web address'],
    ['https://', 'is not a web address'],
    ['https://a.test/a b.jpg', 'is not a web address'],
    ['javascript:alert(1)', 'is not a web address'],
    ['ftp://a.test/1.jpg', 'is not an http or https address'],
    ['file:///etc/passwd', 'is not an http or https address'],
    [`https://a.test/${'x'.repeat(2100)}`, 'is too long'],
  ])('names %s', (url, why) =>
    expect(parseUrls(`https://a.test\n${url}`)).toEqual({
      good: [{ line: 1, url: 'https://a.test' }],
      bad: [{ line: 2, url, why }],
    }),
  )

  it('takes an address once', () =>
    expect(parseUrls('https://a.test\nhttps://a.test').bad).toEqual([
      { line: 2, url: 'https://a.test', why: 'stands twice' },
    ]))
})

describe('holdsUrls', () => {
  it('is true when a line is an address', () =>
    expect(holdsUrls('x\nhttps://a.test/1\n')).toBe(true))
  it('is false for prose', () => expect(holdsUrls('see https://a.test for more')).toBe(false))
})
