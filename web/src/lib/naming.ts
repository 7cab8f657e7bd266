import type { Image, Reason, Shot } from './api/types'
import type { Texts } from './i18n'

/** The display name of an image: its file name, or the last part of its URL. */
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

/** Where it was fetched from; '' for an upload. */
export function sourceOf({ url }: Pick<Image, 'url'>): string {
  return /^https?:/.test(url) ? url.replace(/^https?:\/\//, '') : ''
}

type Known = Partial<Record<string, { why: string; todo: string }>>

/** Why, in the page's own text where it has one. */
export const reasonText = ({ code, message }: Reason, texts: Texts): string =>
  (texts.reasons as Known)[code]?.why ?? message

/** What the user can do about it; '' for a reason that the page does not know. */
export const adviceFor = ({ code }: Pick<Reason, 'code'>, texts: Texts): string =>
  (texts.reasons as Known)[code]?.todo ?? ''

/** What the state of a shot means. Its reasons, if it has any, are to follow. */
export function stateText(
  { state, reasons, by }: Pick<Shot, 'state' | 'reasons' | 'by'>,
  texts: Texts,
): string {
  if (reasons.length > 0) return texts.shot.stateBefore[state]
  return state === 'ok' && by ? texts.shot.setByHand : texts.shot.stateTip[state]
}

/** The reasons for the state of a shot, one per line, or else what its state means. */
export function shotSummary(shot: Shot, texts: Texts): string {
  const why = shot.reasons.map((reason) => reasonText(reason, texts))
  return why.length > 0 ? why.join('\n') : stateText(shot, texts)
}

/** What to show of the image in little space: the server's thumbnail, or else the shot that shows most.
 * `whole`: it must not be cropped to fill the space. */
export function thumbnailOf({ thumbnail, shots }: Image): { src: string; whole: boolean } | null {
  if (thumbnail) return { src: thumbnail, whole: false }
  const shot =
    shots.find(({ label, url }) => label === 'length' && url) ?? shots.find(({ url }) => url)
  return shot?.url ? { src: shot.url, whole: true } : null
}

/** The title of a shot, translated if the page knows it. */
export const titleOf = ({ title }: Pick<Shot, 'title'>, texts: Texts) =>
  texts.shot.titles[title] ?? title

/** "Neck" instead of "Neck view", for narrow places. */
export const shortTitle = (shot: Pick<Shot, 'title'>, texts: Texts) =>
  titleOf(shot, texts).replace(/ view$/i, '')
