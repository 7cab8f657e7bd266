/** Two drawn figures side by side: an image that needs review, with another person to choose. */
const HEADER = 54

const rowBytes = (width) => Math.ceil((width * 3) / 4) * 4

/** Both must be 24-bit BMP files of the same size. */
export function sideBySide(left, right) {
  const width = left.readInt32LE(18)
  const height = Math.abs(left.readInt32LE(22))
  const row = rowBytes(2 * width)
  const out = Buffer.alloc(HEADER + row * height)
  left.copy(out, 0, 0, HEADER)
  out.writeUInt32LE(out.length, 2)
  out.writeInt32LE(2 * width, 18)
  out.writeUInt32LE(row * height, 34)
  for (let y = 0; y < height; y++) {
    const from = HEADER + y * rowBytes(width)
    left.copy(out, HEADER + y * row, from, from + width * 3)
    right.copy(out, HEADER + y * row + width * 3, from, from + width * 3)
  }
  return out
}
