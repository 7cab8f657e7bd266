import type { ProgressBar } from '@/lib/snackbars'
import type { Ui } from '@/lib/ui'
import { type RecutTarget, runRecut } from './run-recut'

/** A re-cut that takes less time than this shows no progress bar. */
const QUICK_MS = 400

/** Queues for re-cut every image whose shots would change, and reports it. The user can stop it. `count` is an
 * estimate for the progress bar. */
export async function startRecut(ui: Ui, target: RecutTarget, count: number) {
  const text = ui.texts.recipes.recut
  const stop = new AbortController()
  let bar: ProgressBar | undefined
  const slow = setTimeout(() => {
    bar = ui.showProgress(text.running(0, count), { label: text.stop, run: () => stop.abort() })
  }, QUICK_MS)
  try {
    const { queued, skipped } = await runRecut(target, {
      dryRun: false,
      signal: stop.signal,
      onPart: ({ queued: now }) =>
        bar?.update(text.running(now, count), count > 0 ? Math.min(1, now / count) : 1),
    })
    const items = skipped > 0 ? [text.skipped(skipped)] : []
    if (queued > 0) ui.notify('success', text.done(queued), { items })
    else ui.notify('info', text.doneNone, { items })
  } catch (error) {
    if (!stop.signal.aborted)
      ui.notifyFailure(text.failed, error, () => void startRecut(ui, target, count))
  }
  clearTimeout(slow)
  bar?.end()
}
