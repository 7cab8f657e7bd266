import type { Locale } from '@/lib/i18n'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { sourceOf } from '@/lib/naming'

type Line = [term: string, text: string]
const known = (lines: Line[]) => lines.filter(([, text]) => text !== '')
const size = (width?: number, height?: number) => (width && height ? `${width} × ${height}` : '')

export function imageFacts(image: ImageDetail, { texts, format: formats }: Locale): Line[] {
  const { width, height, format = '', bytes, sku, label, batch, facing, people, timingsMs } = image
  const text = texts.detail
  const total = timingsMs?.['total']
  const done = image.status === 'processed'
  return known([
    [text.size, size(width, height)],
    [
      text.format,
      [format.toUpperCase(), bytes ? formats.bytes(bytes) : ''].filter(Boolean).join(', '),
    ],
    [
      text.person,
      done
        ? text.personFound(people.length, facing && people.length > 0 ? text.facing[facing] : '')
        : '',
    ],
    [text.sku, sku ?? ''],
    [text.label, label ?? ''],
    [text.batch, batch ?? ''],
    [text.url, sourceOf(image)],
    [text.time, total ? `${formats.number(Math.round(total))} ms` : ''],
    [texts.table.updated, formats.full(image.updatedAt)],
  ])
}

export function shotFacts(
  { width, height, format = '', box, score }: Shot,
  { texts }: Pick<Locale, 'texts'>,
): Line[] {
  const text = texts.detail
  const [x = 0, y = 0, w = 0, h = 0] = box ?? []
  return known([
    [text.size, size(width, height)],
    [text.format, format.toUpperCase()],
    [text.crop, box ? text.cropAt(w, h, x, y) : ''],
    [text.score, score === undefined ? '' : score.toFixed(2)],
  ])
}
