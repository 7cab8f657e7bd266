import { withRetry } from '@/lib/backoff'
import type { Ui } from '@/lib/ui'
import { offsetEdits, type OffsetTask } from '@/features/images/api/offset-edits'
import { allPages, type OffsetSum } from './offset'

/** How many images are shown before and after. */
const CARDS = 24
const UNDO_MS = 20_000

export type OffsetRun =
  | { step: 'checking'; sum: OffsetSum | null }
  | { step: 'ready'; sum: OffsetSum }
  | { step: 'applying'; sum: OffsetSum; all: number }
  | { step: 'failed'; sum: OffsetSum | null; error: unknown }

type OnRun = (run: OffsetRun) => void

function runThrough(
  task: OffsetTask,
  dryRun: boolean,
  onSum: (sum: OffsetSum) => void,
  signal?: AbortSignal,
) {
  const ask = (after: number) => withRetry(() => offsetEdits(task, { after, dryRun }, signal))
  return allPages(ask, CARDS, onSum)
}

export async function previewOffset(task: OffsetTask, onRun: OnRun, signal: AbortSignal) {
  try {
    const onSum = (sum: OffsetSum) => onRun({ step: 'checking', sum })
    onRun({ step: 'ready', sum: await runThrough(task, true, onSum, signal) })
  } catch (error) {
    if (!signal.aborted) onRun({ step: 'failed', sum: null, error })
  }
}

/** Closing the dialog stops it after the current page. What was changed until then can be undone all the same.
 * True when it reached the end of the batch. */
export async function applyOffset(
  ui: Ui,
  task: OffsetTask,
  { title, preview }: { title: string; preview: OffsetSum },
  onRun: OnRun,
  signal: AbortSignal,
): Promise<boolean> {
  let changed = 0
  const onSum = (sum: OffsetSum) => {
    changed = sum.changed
    onRun({ step: 'applying', sum: { ...sum, first: preview.first }, all: preview.looked })
  }
  try {
    await runThrough(task, false, onSum, signal)
    return true
  } catch (error) {
    if (!signal.aborted) onRun({ step: 'failed', sum: null, error })
    return false
  } finally {
    if (changed > 0)
      ui.notify('success', ui.texts.correct.batch.done(title, changed), {
        lifeMs: UNDO_MS,
        action: {
          label: ui.texts.undo,
          undoes: 'while-shown',
          run: () => void undoOffset(ui, task, title),
        },
      })
  }
}

async function undoOffset(ui: Ui, task: OffsetTask, title: string) {
  try {
    const { changed } = await runThrough({ ...task, offset: null }, false, () => undefined)
    ui.notify('success', ui.texts.correct.batch.undone(title, changed))
  } catch (error) {
    ui.notifyFailure(title, error)
  }
}
