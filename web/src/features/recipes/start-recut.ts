import { errorText } from '@/lib/api/error'
import { notify, type Progressing, progressing } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import { type RecutSum, type RecutTarget, runRecut } from './run-recut'

/** What is over sooner needs no progress. */
const QUICK_MS = 400

/** Sends to be cut anew what differs, about so many, and tells of it. It can be stopped on the way. */
export async function startRecut(target: RecutTarget, count: number) {
  const text = texts.recipes.recut
  const stop = new AbortController()
  let bar: Progressing | undefined
  const slow = setTimeout(() => {
    bar = progressing(text.running(0, count), { label: text.stop, run: () => stop.abort() })
  }, QUICK_MS)
  try {
    const sum = await runRecut(target, {
      dryRun: false,
      signal: stop.signal,
      onPart: ({ queued }) =>
        bar?.update(text.running(queued, count), count > 0 ? Math.min(1, queued / count) : 1),
    })
    tell(sum)
  } catch (error) {
    if (!stop.signal.aborted)
      notify('error', texts.actions.failed(text.failed, errorText(error)), {
        action: { label: texts.actions.retry, run: () => void startRecut(target, count) },
      })
  }
  clearTimeout(slow)
  bar?.end()
}

function tell({ queued, skipped }: RecutSum) {
  const text = texts.recipes.recut
  const items = skipped > 0 ? [text.skipped(skipped)] : []
  notify(queued > 0 ? 'success' : 'info', queued > 0 ? text.done(queued) : text.doneNone, { items })
}
