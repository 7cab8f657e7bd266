/** The drawn figure in different clothes and rooms, for the screenshots in docs, which must not show real photos. */

const HEADER = 54

/** What a colour of the figure is worth as light, and which part it belongs to; null: leave it. */
function partOf(r, g, b) {
  if (b > 1.6 * r && b > 1.2 * g) return { part: 'top', light: b / 150 }
  if (Math.abs(r - b) < 14 && r < 100) return { part: 'trousers', light: r / 70 }
  if (Math.abs(r - b) < 18 && r > 120) return { part: 'wall', light: r / 214 }
  return null
}

/** look: {top, trousers, wall} as [r, g, b]. */
export function dressed(bmp, look) {
  const out = Buffer.from(bmp)
  const width = bmp.readInt32LE(18)
  const row = Math.ceil((width * 3) / 4) * 4
  for (let start = HEADER; start + row <= out.length; start += row) {
    for (let at = start; at < start + width * 3; at += 3) {
      const found = partOf(out[at + 2], out[at + 1], out[at])
      if (!found) continue
      const [r, g, b] = look[found.part]
      out[at + 2] = Math.min(255, r * found.light)
      out[at + 1] = Math.min(255, g * found.light)
      out[at] = Math.min(255, b * found.light)
    }
  }
  return out
}

export const LOOKS = [
  { name: 'linen-shirt', top: [222, 214, 196], trousers: [150, 132, 108], wall: [226, 222, 214] },
  { name: 'navy-jumper', top: [34, 46, 84], trousers: [92, 94, 100], wall: [206, 212, 216] },
  { name: 'red-knit', top: [168, 44, 46], trousers: [48, 50, 58], wall: [228, 220, 212] },
  { name: 'olive-tee', top: [104, 112, 66], trousers: [58, 62, 74], wall: [214, 214, 204] },
  { name: 'mustard-sweat', top: [206, 154, 46], trousers: [60, 76, 110], wall: [220, 222, 226] },
  { name: 'lilac-top', top: [168, 142, 196], trousers: [74, 72, 78], wall: [224, 214, 222] },
  { name: 'forest-polo', top: [36, 92, 70], trousers: [176, 160, 132], wall: [222, 226, 220] },
  { name: 'coral-blouse', top: [226, 118, 96], trousers: [66, 80, 96], wall: [232, 226, 220] },
]
