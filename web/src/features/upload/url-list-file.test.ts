import { describe, expect, it } from 'vitest'
import { readUrlList } from './url-list-file'

const utf16 = (text: string, bigEndian: boolean) => {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), !bigEndian)
  return view
}

describe('readUrlList', () => {
  const text = 'url\tsku\r\nhttps://a.test/1.jpg\tGrößé 👗'

  it.each([
    ['UTF-8', text],
    ['UTF-8 with a byte order mark', `\uFEFF${text}`],
    ['UTF-16, little-endian', utf16(`\uFEFF${text}`, false)],
    ['UTF-16, big-endian', utf16(`\uFEFF${text}`, true)],
    ['UTF-16 without a byte order mark', utf16(text, false)],
  ])('reads %s', async (_, bytes) => expect(await readUrlList(new Blob([bytes]))).toBe(text))

  it('reads an empty file', async () => expect(await readUrlList(new Blob([]))).toBe(''))
})
