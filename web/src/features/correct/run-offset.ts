import { errorText } from '@/lib/api/error'
import { withRetry } from '@/lib/backoff'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import { offsetEdits, type OffsetTask } from './api/offset-edits'
import { allPages, type OffsetSum } from './offset'

/** So many are shown before and after. */
const CARDS = 24
const UNDO_MS = 20_000

export type OffsetRun =
  | { step: 'looking'; sum: OffsetSum | null }
  | { step: 'ready'; sum: OffsetSum }
  | { step: 'applying'; sum: OffsetSum; all: number }
  | { step: 'failed'; sum: OffsetSum | null; error: unknown }

type Tell = (run: OffsetRun) => void

function through(
  task: OffsetTask,
  dryRun: boolean,
  onSum: (sum: OffsetSum) => void,
  signal?: AbortSignal,
) {
  const ask = (after: number) => withRetry(() => offsetEdits(task, { after, dryRun }, signal))
  return allPages(ask, CARDS, onSum)
}

export async function previewOffset(task: OffsetTask, tell: Tell, signal: AbortSignal) {
  try {
    const sum = await through(task, true, (so) => tell({ step: 'looking', sum: so }), signal)
    tell({ step: 'ready', sum })
  } catch (error) {
    if (!signal.aborted) tell({ step: 'failed', sum: null, error })
  }
}

/** Closing meanwhile stops it after the page that is under way; what was done can be undone all the
 * same. True when it came to its end. */
export async function applyOffset(
  task: OffsetTask,
  { title, seen }: { title: string; seen: OffsetSum },
  tell: Tell,
  signal: AbortSignal,
): Promise<boolean> {
  let done = 0
  try {
    await through(
      task,
      false,
      (sum) => {
        done = sum.changed
        tell({ step: 'applying', sum: { ...sum, first: seen.first }, all: seen.looked })
      },
      signal,
    )
    return true
  } catch (error) {
    if (!signal.aborted) tell({ step: 'failed', sum: null, error })
    return false
  } finally {
    if (done > 0) offerUndo(task, title, done)
  }
}

function offerUndo(task: OffsetTask, title: string, done: number) {
  notify('success', texts.correct.batch.done(title, done), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, run: () => void takeBack(task, title) },
  })
}

async function takeBack(task: OffsetTask, title: string) {
  try {
    const { changed } = await through({ ...task, offset: null }, false, () => undefined)
    notify('success', texts.correct.batch.undone(title, changed))
  } catch (error) {
    notify('error', texts.actions.failed(title, errorText(error)))
  }
}
