import { errorText } from '@/lib/api/error'
import type { Ui } from '@/lib/ui'
import { countSelected, type SelectionState } from '@/features/images/selection/selection'
import type { Rows } from './rows/use-rows'

/** Up to this many rows are selected by id. Then deleting them can be undone. */
const MOST_BY_ID = 500

/** Selects rows of the table, also those that are not loaded yet. */
export class RowSelector {
  constructor(
    private readonly selection: SelectionState,
    private readonly ui: Ui,
  ) {}

  selectAllMatching(rows: Rows) {
    if (rows.count > MOST_BY_ID) this.selection.selectAll()
    else void this.addRange(rows, 0, rows.count - 1)
  }

  /** Selects everything, or nothing if everything is selected. */
  toggleAllMatching(rows: Rows) {
    const count = countSelected(this.selection.store.get(), rows.count)
    if (count === rows.count) this.selection.clear()
    else this.selectAllMatching(rows)
  }

  /** Selects or deselects one image; with `range` selects all rows from the one that was clicked last. */
  selectTo(rows: Rows, id: number, range: boolean) {
    const row = rows.indexOf(id)
    const { anchor } = this.selection.store.get()
    if (!range || anchor === null || row < 0) this.selection.toggle(id, row)
    else void this.addRange(rows, Math.min(anchor, row), Math.max(anchor, row))
  }

  private async addRange(rows: Rows, first: number, last: number) {
    try {
      this.selection.addRange(await rows.idsOf(first, last))
    } catch (error) {
      const { texts } = this.ui
      this.ui.notify('error', texts.actions.failed(texts.select.range, errorText(error, texts)))
    }
  }
}
