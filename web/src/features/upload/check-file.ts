import type { Limits } from '@/lib/api/types'
import type { Locale } from '@/lib/i18n'
import { pixelsOf } from './pixels'
import { formatName, sniff, SNIFF_BYTES } from './sniff'

export type Checked = { ok: true; format: string } | { ok: false; why: string }

const bad = (why: string): Checked => ({ ok: false, why })

/** Checks before sending whether the file is an image of a format and size that the server accepts. Without
 * `limits` the server alone checks format and size. */
export async function checkFile(
  file: Blob,
  limits: Limits | undefined,
  { texts, format: formats }: Pick<Locale, 'texts' | 'format'>,
): Promise<Checked> {
  const megapixels = (n: number) => texts.upload.megapixels(Math.round(n / 1e6))
  const reason = texts.upload.reason
  if (file.size === 0) return bad(reason.empty)
  let head: Uint8Array
  try {
    head = new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer())
  } catch {
    return bad(reason.unreadable)
  }
  const format = sniff(head)
  if (format === null) return bad(reason.notImage)
  if (!limits) return { ok: true, format }
  if (!limits.formats.map(formatName).includes(format))
    return bad(reason.formatDisabled(format.toUpperCase()))
  if (file.size > limits.maxUploadBytes)
    return bad(reason.tooLarge(formats.bytes(file.size), formats.bytes(limits.maxUploadBytes)))
  const pixels = await pixelsOf(file, format)
  if (pixels !== null && pixels > limits.maxPixels)
    return bad(reason.tooManyPixels(megapixels(pixels), megapixels(limits.maxPixels)))
  return { ok: true, format }
}
