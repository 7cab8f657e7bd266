import { errorText } from '@/lib/api/error'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/texts'
import type { Rows } from '@/features/images/rows/use-rows'
import { clearSelection, countChosen, getSelection, pick, pickAll, pickRange } from './selection'

/** So many are chosen one by one, so that what is done to them can be undone. */
const FEW = 500

const tell = (error: unknown) =>
  notify('error', texts.actions.failed(texts.select.range, errorText(error)))

/** All that match. */
export function pickEverything(rows: Rows) {
  if (rows.count > FEW) pickAll()
  else rows.idsOf(0, rows.count - 1).then(pickRange, tell)
}

/** Everything, or nothing when everything is chosen. */
export const toggleEverything = (rows: Rows) =>
  countChosen(getSelection(), rows.count) === rows.count ? clearSelection() : pickEverything(rows)

/** Chooses the image; with `range` all from the one that was chosen last. Rows between that are not there
 * are asked for. */
export function pickTo(rows: Rows, id: number, range: boolean) {
  const row = rows.indexOf(id)
  const { anchor } = getSelection()
  if (!range || anchor === null || row < 0) pick(id, row)
  else rows.idsOf(Math.min(anchor, row), Math.max(anchor, row)).then(pickRange, tell)
}
