/** Reads CSV: the cells of each row, and the line it starts on. A quoted cell may contain the separator, doubled
 * quotes and line breaks. */
export function readCsv(text: string, separator: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let start = 1
  const endRow = () => {
    rows.push({ line: start, cells: [...cells, cell] })
    cells = []
    cell = ''
  }
  for (let at = 0; at < text.length; at++) {
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
  if (cell !== '' || cells.length > 0) endRow()
  // Empty lines are not rows; the empty text between CR and LF is not one either.
  return rows.filter(({ cells: all }) => all.some((one) => one.trim() !== ''))
}

const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

export const writeCsv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => `${row.map(quote).join(',')}\n`).join('')
