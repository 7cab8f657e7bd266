import { describe, expect, it } from 'vitest'
import { formatName, sniff } from './sniff'

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))

describe('sniff', () => {
  it.each([
    ['jpeg', '\xff\xd8\xff\xe0'],
    ['png', '\x89PNG\r\n\x1a\n'],
    ['webp', 'RIFF\x10\x00\x00\x00WEBPVP8 '],
    ['gif', 'GIF89a'],
    ['tiff', 'II*\x00'],
    ['tiff', 'MM\x00*'],
    ['bmp', 'BM' + '\x00'.repeat(30)],
    ['avif', '\x00\x00\x00\x20ftypavif'],
    ['avif', '\x00\x00\x00\x20ftypmif1\x00\x00\x00\x00miafavif'],
    ['heic', '\x00\x00\x00\x18ftypheic'],
    ['heic', '\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic'],
  ])('knows %s', (format, head) => expect(sniff(bytes(head))).toBe(format))

  it.each([
    ['nothing', ''],
    ['one byte', '\xff'],
    ['text', 'hello, this is not an image'],
    ['a web page', '<!doctype html>'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['PDF', '%PDF-1.7'],
    ['sound in RIFF', 'RIFF\x10\x00\x00\x00WAVEfmt '],
    ['a film', '\x00\x00\x00\x18ftypmp42'],
    ['two letters', 'BM'],
  ])('refuses %s', (_, head) => expect(sniff(bytes(head))).toBeNull())
})

describe('formatName', () => {
  it.each([
    ['image/jpeg', 'jpeg'],
    ['JPG', 'jpeg'],
    ['tif', 'tiff'],
    ['image/heif', 'heic'],
    ['webp', 'webp'],
  ])('%s is %s', (name, format) => expect(formatName(name)).toBe(format))
})
