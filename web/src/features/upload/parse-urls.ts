import { texts } from '@/lib/i18n'
import { readCsv } from './csv'

export interface UrlLine {
  line: number
  url: string
  sku?: string
  label?: string
}

export interface BadUrl extends UrlLine {
  why: string
}

export interface Parsed {
  good: UrlLine[]
  bad: BadUrl[]
  /** Columns beside the addresses were given. */
  csv: boolean
}

const LONGEST = 2048
const MARK_LONGEST = 128
export const columns = ['url', 'sku', 'label'] as const

function problem(text: string): string | null {
  const reason = texts.urls.reason
  if (text === '') return reason.missing
  if (text.length > LONGEST) return reason.tooLong
  if (/\s/.test(text) || !URL.canParse(text)) return reason.notUrl
  const { protocol, hostname } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:')
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? reason.scheme : reason.notUrl
  return hostname === '' ? reason.notUrl : null
}

const lineEnds = /\r\n|\r|\n/
const bare = (text: string) => text.replace(/^\uFEFF/, '')

/** The separator and the places of the columns, if the first line names a url column. */
function headerOf(text: string) {
  const first = bare(text).split(lineEnds, 1)[0] ?? ''
  const separator = [',', ';', '\t'].find((one) => first.includes(one)) ?? ','
  const names = (readCsv(first, separator)[0]?.cells ?? []).map((name) => name.trim().toLowerCase())
  return names.includes('url') ? { separator, names } : null
}

export const isCsv = (text: string) => headerOf(text) !== null

/** Addresses, one a line, or CSV with a url column. Blank lines and those that start with # are passed
 * over, but counted. */
export function parseUrls(text: string): Parsed {
  const header = headerOf(text)
  const lines = header ? csvLines(text, header) : plainLines(text)
  const good: UrlLine[] = []
  const bad: BadUrl[] = []
  const seen = new Set<string>()
  for (const one of lines) {
    const { url, sku = '', label = '' } = one
    const reason = texts.urls.reason
    const why =
      problem(url) ??
      (seen.has(url) ? reason.duplicate : null) ??
      (Math.max(sku.length, label.length) > MARK_LONGEST ? reason.labelTooLong : null)
    seen.add(url)
    if (why === null) good.push(one)
    else bad.push({ ...one, why })
  }
  return { good, bad, csv: header !== null }
}

const plainLines = (text: string): UrlLine[] =>
  bare(text)
    .split(lineEnds)
    .map((raw, at) => ({ line: at + 1, url: raw.trim() }))
    .filter(({ url }) => url !== '' && !url.startsWith('#'))

function csvLines(text: string, { separator, names }: { separator: string; names: string[] }) {
  const [at, skuAt, labelAt] = columns.map((name) => names.indexOf(name))
  const cell = (cells: string[], place = -1) => (cells[place] ?? '').trim()
  return readCsv(bare(text), separator)
    .slice(1)
    .map(({ line, cells }): UrlLine => ({
      line,
      url: cell(cells, at),
      sku: cell(cells, skuAt),
      label: cell(cells, labelAt),
    }))
    .filter(({ url }) => !url.startsWith('#'))
}

/** Whether pasted text is meant as addresses: at least one line is one. */
export const holdsUrls = (text: string) => /^\s*https?:\/\/\S+\s*$/im.test(text)
