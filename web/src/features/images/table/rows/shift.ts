export interface Place {
  id: number
  row: number
}

/** By how many rows most of the images have moved, and where they are now. Images that are no longer in the list,
 * or whose row moved on its own in a sorted list, are outvoted. */
export function shiftOf(
  before: readonly Place[],
  indexOf: (id: number) => number,
): { by: number; places: Place[] } {
  const votes = new Map<number, number>()
  const places: Place[] = []
  for (const { id, row } of before) {
    const now = indexOf(id)
    if (now < 0) continue
    places.push({ id, row: now })
    votes.set(now - row, (votes.get(now - row) ?? 0) + 1)
  }
  let by = 0
  for (const [shift, n] of votes) if (n > (votes.get(by) ?? 0)) by = shift
  return { by, places }
}
