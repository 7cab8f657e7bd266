import type { Texts } from '@/lib/i18n'
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
  /** The text was CSV. */
  csv: boolean
}

const URL_MAX_LENGTH = 8192
const LABEL_MAX_LENGTH = 128

type Reasons = Texts['urls']['reason']

export const columns = ['url', 'sku', 'label'] as const

function problem(text: string, reason: Reasons): string | null {
  if (text === '') return reason.missing
  if (text.length > URL_MAX_LENGTH) return reason.tooLong
  if (/\s/.test(text) || !URL.canParse(text)) return reason.notUrl
  const { protocol, hostname } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:')
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? reason.scheme : reason.notUrl
  return hostname === '' ? reason.notUrl : null
}

const lineEnds = /\r\n|\r|\n/
const bare = (text: string) => text.replace(/^\uFEFF/, '')

/** The separator and the column names, if the first line names a url column. */
function headerOf(text: string) {
  const first = bare(text).split(lineEnds, 1)[0] ?? ''
  const separator = [',', ';', '\t'].find((one) => first.includes(one)) ?? ','
  const names = (readCsv(first, separator)[0]?.cells ?? []).map((name) => name.trim().toLowerCase())
  return names.includes('url') ? { separator, names } : null
}

export const isCsv = (text: string) => headerOf(text) !== null

/** Reads URLs, one per line, or CSV with a url column. Blank lines and lines that start with # are skipped,
 * but count for the line numbers. */
export function parseUrls(text: string, reason: Reasons): Parsed {
  const header = headerOf(text)
  const lines = header ? csvLines(text, header) : plainLines(text)
  const good: UrlLine[] = []
  const bad: BadUrl[] = []
  const seen = new Set<string>()
  for (const one of lines) {
    const { url, sku = '', label = '' } = one
    const why =
      problem(url, reason) ??
      (seen.has(url) ? reason.duplicate : null) ??
      (Math.max(sku.length, label.length) > LABEL_MAX_LENGTH ? reason.labelTooLong : null)
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

/** Whether pasted text is a list of URLs: at least one line is a URL. */
export const holdsUrls = (text: string) => /^\s*https?:\/\/\S+\s*$/im.test(text)
