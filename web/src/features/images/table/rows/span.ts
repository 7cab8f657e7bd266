/** The server gives rows in pages of so many. */
export const PAGE = 100

/** Rows beyond the edge of what is seen that are asked for, too. */
const AHEAD = 30

/** Taller than this, browsers cut an element off. */
const TALLEST_PX = 16_000_000

/** First and last page. */
export interface Span {
  first: number
  last: number
}

export const pageOf = (row: number) => Math.floor(row / PAGE)

/** The pages around rows first to last, both seen, of so many rows. */
export function spanOf(first: number, last: number, rows: number): Span {
  const end = pageOf(Math.max(0, rows - 1))
  return {
    first: Math.min(end, pageOf(Math.max(0, first - AHEAD))),
    last: Math.min(end, pageOf(last + AHEAD)),
  }
}

export const pagesOf = ({ first, last }: Span) =>
  Array.from({ length: Math.max(0, last - first) + 1 }, (_, at) => first + at)

/** Where a row stands on the server, when some before it, in ascending order, are not shown. */
export function onServer(row: number, hidden: readonly number[]): number {
  let at = row
  for (const one of hidden) {
    if (one > at) break
    at++
  }
  return at
}

/** A list too tall for one element is shown in parts: how many rows each has. */
export const partOf = (rowPx: number) => Math.floor(TALLEST_PX / rowPx / 1000) * 1000
