import type { Image, Reason, Shot } from '@/lib/api/types'
import { texts } from '@/lib/i18n'

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

type Known = Partial<Record<string, { why: string; todo: string }>>

/** Why, in the words of the page where it has some. */
export const reasonText = ({ code, message }: Reason): string =>
  (texts.reasons as Known)[code]?.why ?? message

/** What a person can do about it; '' for a reason that the page does not know. */
export const adviceFor = ({ code }: Pick<Reason, 'code'>): string =>
  (texts.reasons as Known)[code]?.todo ?? ''

/** State and reasons in words, one a line. */
export function shotWords({ state, reasons }: Shot): string {
  const why = reasons.map(reasonText)
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

/** What the shot is called, in the language of the page where it has a word for it. */
export const titleOf = ({ title }: Pick<Shot, 'title'>) => texts.shot.titles[title] ?? title

/** "Neck view" in a place that has no room for what goes without saying. */
export const shortTitle = (shot: Pick<Shot, 'title'>) => titleOf(shot).replace(/ view$/i, '')
