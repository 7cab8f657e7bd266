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

/** A picture of the image for a small place: the server's small copy, else the shot that shows most.
 * `whole`: it must not be cropped to fill the place. */
export function thumbnailOf({ thumbnail, shots }: Image): { src: string; whole: boolean } | null {
  if (thumbnail) return { src: thumbnail, whole: false }
  const shot =
    shots.find(({ label, url }) => label === 'length' && url) ?? shots.find(({ url }) => url)
  return shot?.url ? { src: shot.url, whole: true } : null
}

/** "Neck view" in a place that has no room for what goes without saying. */
export const shortTitle = (title: string) => title.replace(/ view$/i, '')
