/** How many bytes were sent at a time. */
export interface Mark {
  at: number
  loaded: number
}

/** The rate is measured over this time, and is unknown when nothing was sent for as long. */
export const SPAN_MS = 5000
/** A rate measured over less time than this is not reliable. */
const LEAST_MS = 500

/** Adds a mark and drops those that are too old, or all if an upload began again. */
export const withMark = (marks: readonly Mark[], mark: Mark): readonly Mark[] =>
  mark.loaded < (marks.at(-1)?.loaded ?? 0)
    ? [mark]
    : [...marks.filter(({ at }) => mark.at - at < SPAN_MS), mark]

/** Bytes per second over the marks; 0 while it is unknown. */
export function rateOf(marks: readonly Mark[]): number {
  const first = marks[0]
  const last = marks.at(-1)
  if (!first || !last || last.at - first.at < LEAST_MS) return 0
  return ((last.loaded - first.loaded) / (last.at - first.at)) * 1000
}
