import { readCsv } from './csv'

/** Where the header of a CSV says that its columns are. The server reads lists by the same rules (src/http/body/csv.c);
 * tests/data/url_lists.json holds both to them. */
export interface CsvHeader {
  separator: string
  /** The name of the column of URLs. */
  column: string
  url: number
  sku: number
  label: number
  /** The line that the header is in, from 1. */
  line: number
}

const separators = [',', ';', '\t', '|'] as const

/** The words that shops use, among them some that this program's own texts avoid. */
const imageWords = anyOf('image imagen immagine img photo picture bild foto afbeelding media')
const linkWords = anyOf('url uri link href src source address adresse lien enlace')
const imagesAlone = wholly(
  'image images imagen immagine img photo photos picture pictures pic bild bilder foto fotos afbeelding',
)
const linksAlone = wholly('urls links source address adresse lien enlace webaddress webadresse')
const linkAtEnd = /(url|uri|link|href|src)$/

function anyOf(words: string) {
  return new RegExp(words.replaceAll(' ', '|'))
}

function wholly(words: string) {
  return new RegExp(`^(?:${words.replaceAll(' ', '|')})$`)
}

const NO_RANK = 0
const RANK_URL = 4
/** More than any rank of a name: one with a separator in it is most likely two, read with the wrong separator. */
const WITHOUT_SEPARATOR = 5

/** How well a name says that its column has the URLs of images. "Image URL 2" is read as imageurl. */
function rankOfName(cell: string): number {
  if (cell.toLowerCase() === 'url') return RANK_URL
  if (cell.includes('://')) return NO_RANK
  const name = cell
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
    .replace(/\d+$/, '')
  if (imageWords.test(name) && linkWords.test(name)) return 3
  if (linksAlone.test(name) || linkAtEnd.test(name)) return 2
  return imagesAlone.test(name) ? 1 : NO_RANK
}

function rankOf(cell: string): number {
  const rank = rankOfName(cell)
  return rank > NO_RANK && !separators.some((one) => cell.includes(one))
    ? rank + WITHOUT_SEPARATOR
    : rank
}

interface Candidate {
  header: CsvHeader
  rank: number
  cells: number
}

function readHeader(text: string, separator: string): Candidate | null {
  const row = readCsv(text, separator, 1)[0]
  if (!row) return null
  const ranks = row.cells.map(rankOf)
  const rank = Math.max(...ranks)
  const url = ranks.indexOf(rank)
  const names = row.cells.map((cell) => cell.toLowerCase())
  return {
    header: {
      separator,
      column: row.cells[url] ?? '',
      url,
      sku: names.indexOf('sku'),
      label: names.indexOf('label'),
      line: row.line,
    },
    rank,
    cells: row.cells.length,
  }
}

/** A first line such as sep=; that a spreadsheet wrote, and its separator. */
const separatorLine = /^"?sep=([^\r\n])"?(?:\r\n|\r|\n)/i

/** The text without its line sep=;, which stays as a blank line so that lines keep their numbers. */
export const withoutSeparatorLine = (text: string) => text.replace(separatorLine, '\n')

/** The header, if the first line that is not blank names a column of URLs. */
export function headerOf(text: string): CsvHeader | null {
  const given = separatorLine.exec(text)?.[1]
  const rows = withoutSeparatorLine(text)
  let best: Candidate | null = null
  for (const separator of given === undefined ? separators : [given]) {
    const one = readHeader(rows, separator)
    if (!one || one.rank === NO_RANK) continue
    if (!best || one.rank > best.rank || (one.rank === best.rank && one.cells > best.cells))
      best = one
  }
  return best?.header ?? null
}
