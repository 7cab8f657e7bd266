import type { Limits } from '@/lib/api/types'
import { formatBytes } from '@/lib/format'
import { texts } from '@/lib/i18n'
import { pixelsOf } from './pixels'
import { formatName, sniff, SNIFF_BYTES } from './sniff'

export type Checked = { ok: true; format: string } | { ok: false; why: string }

const megapixels = (n: number) => texts.upload.megapixels(Math.round(n / 1e6))

const bad = (why: string): Checked => ({ ok: false, why })

/** What can be told before sending: that it is a picture, of a format and size that the server takes. */
export async function checkFile(file: Blob, limits: Limits | undefined): Promise<Checked> {
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
    return bad(reason.tooLarge(formatBytes(file.size), formatBytes(limits.maxUploadBytes)))
  const pixels = await pixelsOf(file, format)
  if (pixels !== null && pixels > limits.maxPixels)
    return bad(reason.tooManyPixels(megapixels(pixels), megapixels(limits.maxPixels)))
  return { ok: true, format }
}
