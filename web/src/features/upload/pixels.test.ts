import { describe, expect, it } from 'vitest'
import { pixelsOf } from './pixels'

const file = (...bytes: number[]) => new Blob([new Uint8Array(bytes)])
const zeros = (n: number) => Array<number>(n).fill(0)
const text = (letters: string) => [...letters].map((letter) => letter.charCodeAt(0))

describe('pixelsOf', () => {
  it('PNG', async () =>
    expect(await pixelsOf(file(...zeros(16), 0, 0, 4, 0, 0, 0, 2, 0), 'png')).toBe(1024 * 512))

  it('GIF', async () => expect(await pixelsOf(file(...zeros(6), 10, 0, 20, 0), 'gif')).toBe(200))

  it('BMP, also upside down', async () => {
    const rows = [0xec, 0xff, 0xff, 0xff] // -20
    expect(await pixelsOf(file(...zeros(14), 40, 0, 0, 0, 10, 0, 0, 0, ...rows), 'bmp')).toBe(200)
  })

  it('JPEG behind other segments', async () => {
    const app = [0xff, 0xe1, 0, 6, 1, 2, 3, 4]
    const table = [0xff, 0xc4, 0, 3, 9]
    const frame = [0xff, 0xff, 0xc2, 0, 17, 8, 0, 20, 0, 10, 3, ...zeros(8)]
    expect(await pixelsOf(file(0xff, 0xd8, ...app, ...table, ...frame), 'jpeg')).toBe(200)
  })

  it('WebP in its three kinds', async () => {
    const head = [...text('RIFF'), ...zeros(4), ...text('WEBP')]
    const lossy = [...text('VP8 '), ...zeros(10), 10, 0, 20, 0]
    const extended = [...text('VP8X'), ...zeros(8), 9, 0, 0, 19, 0, 0]
    const lossless = [...text('VP8L'), ...zeros(4), 0x2f, 9, 0xc0, 4, 0]
    expect(await pixelsOf(file(...head, ...lossy), 'webp')).toBe(200)
    expect(await pixelsOf(file(...head, ...extended), 'webp')).toBe(200)
    expect(await pixelsOf(file(...head, ...lossless), 'webp')).toBe(200)
  })

  it.each(['png', 'jpeg', 'webp', 'tiff'])(
    '%s cut off, or not so simple, is not known',
    async (format) => expect(await pixelsOf(file(0xff, 0xd8, 0xff), format)).toBe(null),
  )
})
