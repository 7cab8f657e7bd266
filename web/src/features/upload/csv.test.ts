import { describe, expect, it } from 'vitest'
import { readCsv, writeCsv } from './csv'

const cells = (text: string, separator = ',') => readCsv(text, separator).map((row) => row.cells)

describe('readCsv', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['"a,b",c', [['a,b', 'c']]],
    ['"say ""hi""",', [['say "hi"', '']]],
    ['a, "b"', [['a', 'b']]],
    ['5" pipe,x', [['5" pipe', 'x']]],
    ['"never closed,\nx', [['never closed,\nx']]],
    ['\n , \n', []],
    ['', []],
  ])('%j', (text, rows) => expect(cells(text)).toEqual(rows))

  it('uses the given separator', () => expect(cells('a;b,c\n', ';')).toEqual([['a', 'b,c']]))

  it('counts lines, also those inside quotes and empty ones', () =>
    expect(readCsv('a\n\n"b\nc"\r\nd', ',').map(({ line }) => line)).toEqual([1, 3, 5]))
})

describe('writeCsv', () => {
  it('reads back unchanged', () => {
    const rows = [
      ['url', 'sku'],
      ['https://a.test/?x=1,2', 'a "b"\nc'],
    ]
    expect(cells(writeCsv(rows))).toEqual(rows)
  })
})
