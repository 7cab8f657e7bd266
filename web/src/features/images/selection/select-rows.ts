import { errorText } from '@/lib/api/error'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import type { Rows } from '@/features/images/rows/use-rows'
import { clearSelection, countSelected, getSelection, toggle, selectAll, selectRange } from './selection'

/** So many are chosen one by one, so that what is done to them can be undone. */
const FEW = 500

const tell = (error: unknown) =>
  notify('error', texts.actions.failed(texts.select.range, errorText(error)))

/** All that match. */
export function selectAllMatching(rows: Rows) {
  if (rows.count > FEW) selectAll()
  else rows.idsOf(0, rows.count - 1).then(selectRange, tell)
}

/** Everything, or nothing when everything is chosen. */
export const toggleAllMatching = (rows: Rows) =>
  countSelected(getSelection(), rows.count) === rows.count ? clearSelection() : selectAllMatching(rows)

/** Chooses the image; with `range` all from the one that was chosen last. Rows between that are not there
 * are asked for. */
export function selectTo(rows: Rows, id: number, range: boolean) {
  const row = rows.indexOf(id)
  const { anchor } = getSelection()
  if (!range || anchor === null || row < 0) toggle(id, row)
  else rows.idsOf(Math.min(anchor, row), Math.max(anchor, row)).then(selectRange, tell)
}
