import type { Image, Shot } from '@/lib/api/types'
import { texts } from '@/lib/texts'

/** How the image is called: its file name, or the end of its address. */
export function nameOf({ name, url, id }: Pick<Image, 'name' | 'url' | 'id'>): string {
  if (name) return name
  if (!URL.canParse(url)) return `#${id}`
  const { pathname, hostname } = new URL(url)
  const last = pathname.split('/').filter(Boolean).at(-1)
  return last ? safeDecode(last) : hostname || `#${id}`
}

function safeDecode(text: string) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Where it comes from, for the second line; nothing for an upload. */
export function sourceOf({ url }: Pick<Image, 'url'>): string {
  return /^https?:/.test(url) ? url.replace(/^https?:\/\//, '') : ''
}

/** State and reasons in words, one a line. */
export function shotWords({ state, reasons }: Shot): string {
  const why = reasons.map(({ message }) => message)
  return why.length > 0 ? why.join('\n') : texts.shot.stateTip[state]
}

const SHOWN_BY_BROWSERS = /^(jpe?g|png|webp|gif|bmp|avif)$/
const SMALL = 4_000_000

/** A picture of the image for a small place: the shot that shows most, else the original if it is not
 * too large to load for that. */
export function thumbnailOf(image: Image): string | null {
  const length = image.shots.find(({ label, url }) => label === 'length' && url)
  if (length?.url) return length.url
  const { original, format = '', bytes = 0 } = image
  if (original && SHOWN_BY_BROWSERS.test(format) && bytes > 0 && bytes < SMALL) return original
  return image.shots.find(({ url }) => url)?.url ?? null
}
