import { texts } from '@/lib/texts'

export interface UrlLine {
  line: number
  url: string
}

export interface BadUrl extends UrlLine {
  why: string
}

const LONGEST = 2048

function problem(text: string): string | null {
  const reason = texts.urls.reason
  if (text.length > LONGEST) return reason.tooLong
  if (/\s/.test(text) || !URL.canParse(text)) return reason.notUrl
  const { protocol, hostname } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:')
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? reason.scheme : reason.notUrl
  return hostname === '' ? reason.notUrl : null
}

/** One address a line. Blank lines and lines that start with # are passed over, but counted. */
export function parseUrls(text: string): { good: UrlLine[]; bad: BadUrl[] } {
  const good: UrlLine[] = []
  const bad: BadUrl[] = []
  const seen = new Set<string>()
  text.split(/\r\n|\r|\n/).forEach((raw, at) => {
    const url = raw.trim()
    const line = at + 1
    if (url === '' || url.startsWith('#')) return
    const why = problem(url) ?? (seen.has(url) ? texts.urls.reason.twice : null)
    seen.add(url)
    if (why === null) good.push({ line, url })
    else bad.push({ line, url, why })
  })
  return { good, bad }
}

/** Whether pasted text is meant as addresses: at least one line is one. */
export const holdsUrls = (text: string) => /^\s*https?:\/\/\S+\s*$/im.test(text)
