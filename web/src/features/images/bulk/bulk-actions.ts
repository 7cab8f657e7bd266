import { codeText } from '@/lib/api/error'
import { removedImages, unknownChange } from '@/lib/image-change'
import type { ProgressBar } from '@/lib/snackbars'
import type { Ui } from '@/lib/ui'
import type { BulkAction, BulkTarget } from '@/features/images/api/bulk'
import type { LiveFeed } from '@/features/images/live/feed'
import type { SelectionState } from '@/features/images/selection/selection'
import type { PendingDeletes } from './pending-deletes'
import { type BulkSum, countReasons, runBulk } from './run-bulk'

const UNDO_MS = 10_000

/** An action that takes less time than this shows no progress bar. */
const QUICK_MS = 400

/** What the user can do with many images at once. */
export class BulkActions {
  constructor(
    private readonly ui: Ui,
    private readonly feed: LiveFeed,
    private readonly pendingDeletes: PendingDeletes,
    private readonly selection: SelectionState,
  ) {}

  /** Acts on the selection and clears it. A delete of known images can be undone. */
  runOnSelection(action: BulkAction, target: BulkTarget, count: number) {
    this.selection.clear()
    if (action === 'delete' && 'ids' in target) this.deleteWithUndo(target.ids)
    else void this.run(action, target, count)
  }

  /** Retries, cancels, or deletes without undo, and reports what was done and what was skipped and why. The
   * user can stop it. `count` is an estimate for the progress bar. */
  async run(action: BulkAction, target: BulkTarget, count: number) {
    const text = this.ui.texts.bulk
    const stop = new AbortController()
    let bar: ProgressBar | undefined
    const slow = setTimeout(() => {
      bar = this.ui.showProgress(text.running[action](0, count), {
        label: text.stop,
        run: () => stop.abort(),
      })
    }, QUICK_MS)
    try {
      const sum = await runBulk(action, target, {
        signal: stop.signal,
        onPart: ({ done }, { done: all, skipped }) => {
          if (action === 'delete') this.feed.apply(removedImages(done))
          const seen = all.length + skipped.length
          bar?.update(text.running[action](seen, count), count > 0 ? seen / count : 1)
        },
      })
      this.report(action, sum)
    } catch (error) {
      this.ui.notifyFailure(text.name[action], error, () => void this.run(action, target, count))
    }
    clearTimeout(slow)
    bar?.end()
    this.feed.apply(unknownChange)
  }

  /** Hides the images at once and deletes them on the server when the time to undo is over. */
  private deleteWithUndo(ids: readonly number[]) {
    const { texts } = this.ui
    this.pendingDeletes.add(ids)
    this.ui.notify('info', texts.bulk.done.delete(ids.length), {
      lifeMs: UNDO_MS,
      action: {
        label: texts.undo,
        undoes: 'while-shown',
        run: () => this.pendingDeletes.remove(ids),
      },
      onGone: () => {
        const pending = ids.filter((id) => this.pendingDeletes.has(id))
        if (pending.length > 0) void this.deleteOnServer(pending)
      },
    })
  }

  private async deleteOnServer(ids: readonly number[]) {
    try {
      const { skipped } = await runBulk('delete', { ids })
      const failed = skipped.filter(({ code }) => code !== 'not_found')
      const failedIds = new Set(failed.map(({ id }) => id))
      this.feed.apply(removedImages(ids.filter((id) => !failedIds.has(id))))
      if (failed.length > 0) this.report('delete', { done: [], skipped: failed, stopped: false })
    } catch (error) {
      const { name } = this.ui.texts.bulk
      this.ui.notifyFailure(name.delete, error, () => this.deleteWithUndo(ids))
      this.feed.apply(unknownChange)
    }
    this.pendingDeletes.remove(ids)
  }

  private report(action: BulkAction, { done, skipped, stopped }: BulkSum) {
    const { texts } = this.ui
    const items = countReasons(skipped).map(({ reason: { code, message }, count }) =>
      texts.bulk.skipped(count, codeText(texts, code, message)),
    )
    if (stopped) items.unshift(texts.bulk.stopped)
    if (done.length > 0) this.ui.notify('success', texts.bulk.done[action](done.length), { items })
    else this.ui.notify(skipped.length > 0 ? 'error' : 'info', texts.bulk.none[action], { items })
  }
}
