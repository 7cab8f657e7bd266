/** In a JPEG from a camera the size comes after Exif data, a preview and a colour profile. */
const JPEG_HEAD = 512 * 1024
const HEAD = 64

type Size = [width: number, height: number]

/** Width times height as given in the header of the file; null if it is not easily found there. */
export async function pixelsOf(file: Blob, format: string): Promise<number | null> {
  const read = readers[format]
  if (!read) return null
  try {
    const bytes = await file.slice(0, format === 'jpeg' ? JPEG_HEAD : HEAD).arrayBuffer()
    const size = read(new DataView(bytes))
    return size && size[0] * size[1]
  } catch {
    return null // The file is cut off. The server checks it anyway.
  }
}

const readers: Record<string, ((data: DataView) => Size | null) | undefined> = {
  png: (data) => [data.getUint32(16), data.getUint32(20)],
  gif: (data) => [data.getUint16(6, true), data.getUint16(8, true)],
  bmp: (data) =>
    data.getUint32(14, true) < 40
      ? [data.getUint16(18, true), data.getUint16(20, true)]
      : [Math.abs(data.getInt32(18, true)), Math.abs(data.getInt32(22, true))],
  jpeg,
  webp,
}

/** Walks the segments up to a start of frame: FF C0 to FF CF, except C4, C8 and CC. */
function jpeg(data: DataView): Size | null {
  for (let at = 2; at + 9 < data.byteLength;) {
    if (data.getUint8(at) !== 0xff) return null
    const marker = data.getUint8(at + 1)
    if (marker === 0xff) {
      at++ // A fill byte.
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [data.getUint16(at + 7), data.getUint16(at + 5)]
    at += 2 + data.getUint16(at + 2)
  }
  return null
}

/** Lossy, lossless and extended files have the size in different places (WebP container specification). */
function webp(data: DataView): Size | null {
  const kind = String.fromCharCode(...[12, 13, 14, 15].map((at) => data.getUint8(at)))
  if (kind === 'VP8 ') return [data.getUint16(26, true) & 0x3fff, data.getUint16(28, true) & 0x3fff]
  const bits = (at: number) => data.getUint16(at, true) | (data.getUint8(at + 2) << 16)
  if (kind === 'VP8X') return [bits(24) + 1, bits(27) + 1]
  if (kind !== 'VP8L') return null
  const packed = data.getUint32(21, true)
  return [(packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1]
}
