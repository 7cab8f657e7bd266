export interface CsvRow {
  line: number
  cells: string[]
}

/** Without white space at both ends, also that of text copied from a page or a sheet. */
export const trimmed = (text: string) => text.replace(/^[\s\u200B\u2060]+|[\s\u200B\u2060]+$/g, '')

/** Reads CSV: the cells of each row without white space round them, and the line it starts on. A quoted cell may
 * contain the separator, doubled quotes and line breaks. Blank rows are skipped; reading ends after `most` others. */
export function readCsv(text: string, separator: string, most = Infinity): CsvRow[] {
  const rows: CsvRow[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let start = 1
  const endRow = () => {
    const all = [...cells, cell].map(trimmed)
    if (all.some((one) => one !== '')) rows.push({ line: start, cells: all })
    cells = []
    cell = ''
  }
  for (let at = 0; at < text.length && rows.length < most; at++) {
    const one = text[at] ?? ''
    const lineEnd = one === '\n' || one === '\r'
    if (quoted && one === '"' && text[at + 1] === '"') cell += text[++at] ?? ''
    else if (one === '"' && (quoted || cell.trim() === '')) {
      cell = quoted ? cell : ''
      quoted = !quoted
    } else if (!quoted && one === separator) {
      cells.push(cell)
      cell = ''
    } else if (!quoted && lineEnd) endRow()
    else cell += one
    if (!lineEnd || (one === '\r' && text[at + 1] === '\n')) continue
    line++
    if (!quoted) start = line
  }
  if (rows.length < most && (cell !== '' || cells.length > 0)) endRow()
  return rows
}

const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

export const writeCsv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `${row.map(quote).join(',')}\n`).join('')
