import { codeText, errorText } from '@/lib/api/error'
import { notify, type Progressing, progressing } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import type { BulkAction, BulkTarget } from './api/bulk'
import { type BulkSum, reasonsOf, runBulk } from './run-bulk'
import { leave, leaving, stay } from './pending-deletes'
import { applyChange } from './live/feed'

const UNDO_MS = 10_000

/** What is over sooner needs no progress. */
const QUICK_MS = 400

/** Retries or cancels, or deletes for good, about so many, and tells what was done and what was left out
 * and why. It can be stopped on the way. */
export async function doBulk(action: BulkAction, target: BulkTarget, count: number) {
  const stop = new AbortController()
  let bar: Progressing | undefined
  const slow = setTimeout(() => {
    bar = progressing(texts.bulk.running[action](0, count), {
      label: texts.bulk.stop,
      run: () => stop.abort(),
    })
  }, QUICK_MS)
  try {
    const sum = await runBulk(action, target, {
      signal: stop.signal,
      onPart: ({ done }, { done: all, skipped }) => {
        if (action === 'delete') applyChange({ images: [], removed: done })
        const looked = all.length + skipped.length
        bar?.update(texts.bulk.running[action](looked, count), count > 0 ? looked / count : 1)
      },
    })
    tell(action, sum)
  } catch (error) {
    notify('error', texts.actions.failed(texts.bulk.name[action], errorText(error)), {
      action: { label: texts.actions.retry, run: () => void doBulk(action, target, count) },
    })
  }
  clearTimeout(slow)
  bar?.end()
  // Only the server knows which rows the view holds now.
  applyChange({ images: [], removed: [], gap: true })
}

/** Off the page at once, off the server when there was time to undo. */
export function removeMany(ids: readonly number[]) {
  leave(ids)
  notify('info', texts.bulk.done.delete(ids.length), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, run: () => stay(ids) },
    onGone: () => {
      const left = ids.filter((id) => leaving.get().has(id))
      if (left.length > 0) void removeManyNow(left)
    },
  })
}

async function removeManyNow(ids: readonly number[]) {
  try {
    const { skipped } = await runBulk('delete', { ids })
    const kept = skipped.filter(({ code }) => code !== 'not_found')
    const keptIds = new Set(kept.map(({ id }) => id))
    applyChange({ images: [], removed: ids.filter((id) => !keptIds.has(id)) })
    if (kept.length > 0) tell('delete', { done: [], skipped: kept, stopped: false })
  } catch (error) {
    notify('error', texts.actions.failed(texts.bulk.name.delete, errorText(error)), {
      action: { label: texts.actions.retry, run: () => removeMany(ids) },
    })
    applyChange({ images: [], removed: [], gap: true })
  }
  stay(ids)
}

function tell(action: BulkAction, { done, skipped, stopped }: BulkSum) {
  const items = reasonsOf(skipped).map(({ reason: { code, message }, count }) =>
    texts.bulk.skipped(count, codeText(code, message)),
  )
  const n = done.length
  if (stopped) items.unshift(texts.bulk.stopped)
  if (n > 0) notify('success', texts.bulk.done[action](n), { items })
  else notify(skipped.length > 0 ? 'error' : 'info', texts.bulk.none[action], { items })
}
