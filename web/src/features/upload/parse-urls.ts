import type { Texts } from '@/lib/i18n'
import { readCsv, trimmed } from './csv'
import { type CsvHeader, headerOf, withoutSeparatorLine } from './csv-header'

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
  /** The name of the column that the URLs come from; null if the text is not CSV. */
  column: string | null
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

export const isCsv = (text: string) => headerOf(bare(text)) !== null

/** Reads URLs, one per line, or CSV with a column of URLs. Blank lines and lines that start with # are skipped,
 * but count for the line numbers. */
export function parseUrls(text: string, reason: Reasons): Parsed {
  const { lines, column } = readUrlLines(text)
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
  return { good, bad, column }
}

/** The lines of the list, before their URLs are checked. */
export function readUrlLines(text: string): { lines: UrlLine[]; column: string | null } {
  const header = headerOf(bare(text))
  return {
    lines: header ? csvLines(bare(text), header) : plainLines(bare(text)),
    column: header?.column ?? null,
  }
}

const plainLines = (text: string): UrlLine[] =>
  text
    .split(lineEnds)
    .map((raw, at) => ({ line: at + 1, url: trimmed(raw) }))
    .filter(({ url }) => url !== '' && !url.startsWith('#'))

const csvLines = (text: string, { separator, url, sku, label }: CsvHeader) =>
  readCsv(withoutSeparatorLine(text), separator)
    .slice(1)
    .map(({ line, cells }): UrlLine => ({
      line,
      url: cells[url] ?? '',
      sku: cells[sku] ?? '',
      label: cells[label] ?? '',
    }))
    .filter((one) => !one.url.startsWith('#'))

/** Whether pasted text is a list of URLs: at least one line is a URL. */
export const holdsUrls = (text: string) => /^\s*https?:\/\/\S+\s*$/im.test(text)
