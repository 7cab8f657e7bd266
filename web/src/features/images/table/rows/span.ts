/** Rows per page of the server's list. */
export const PAGE = 100

/** How many rows beyond the visible ones are loaded. */
const AHEAD = 30

/** Browsers cut off elements that are taller than this. */
const TALLEST_PX = 16_000_000

/** A range of pages. */
export interface Span {
  first: number
  last: number
}

export const pageOf = (row: number) => Math.floor(row / PAGE)

/** The pages that the visible rows `first` to `last` and the rows near them are on. */
export function spanOf(first: number, last: number, rows: number): Span {
  const end = pageOf(Math.max(0, rows - 1))
  return {
    first: Math.min(end, pageOf(Math.max(0, first - AHEAD))),
    last: Math.min(end, pageOf(last + AHEAD)),
  }
}

export const pagesOf = ({ first, last }: Span) =>
  Array.from({ length: Math.max(0, last - first) + 1 }, (_, at) => first + at)

/** The index of a row in the server's list, when the `hidden` rows (in ascending order) are not shown. */
export function onServer(row: number, hidden: readonly number[]): number {
  let at = row
  for (const one of hidden) {
    if (one > at) break
    at++
  }
  return at
}

/** A list too tall for one element is shown in parts. This is the number of rows in each. */
export const partOf = (rowPx: number) => Math.floor(TALLEST_PX / rowPx / 1000) * 1000
