/** Recognises an image format by the first bytes of a file, whatever its name says. */
export const SNIFF_BYTES = 32

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to))

const starts = (bytes: Uint8Array, ...head: number[]) =>
  head.every((byte, at) => bytes[at] === byte)

/** AVIF and HEIC are both ISO base media files. The major brand, or one of the first compatible brands, tells
 * which it is. */
function brand(bytes: Uint8Array): string | null {
  if (ascii(bytes, 4, 8) !== 'ftyp') return null
  for (const at of [8, 16, 20, 24, 28]) {
    const name = ascii(bytes, at, at + 4)
    if (name === 'avif' || name === 'avis') return 'avif'
    if (/^(hei[cxms]|hev[cxms])$/.test(name)) return 'heic'
  }
  return null
}

export function sniff(bytes: Uint8Array): string | null {
  if (starts(bytes, 0xff, 0xd8, 0xff)) return 'jpeg'
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png'
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp'
  if (/^GIF8[79]a/.test(ascii(bytes, 0, 6))) return 'gif'
  if (starts(bytes, 0x49, 0x49, 0x2a, 0x00) || starts(bytes, 0x4d, 0x4d, 0x00, 0x2a)) return 'tiff'
  if (ascii(bytes, 0, 2) === 'BM' && bytes.length >= 26) return 'bmp'
  return brand(bytes)
}

/** One name for each format: "image/jpeg", "JPG" and "jpeg" are all "jpeg". */
export function formatName(name: string): string {
  const plain = name.toLowerCase().replace(/^image\//, '')
  return { jpg: 'jpeg', tif: 'tiff', heif: 'heic' }[plain] ?? plain
}
