import { codeText, errorText } from '@/lib/api/error'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/texts'
import type { BulkAction, BulkTarget } from './api/bulk'
import { type BulkSum, reasonsOf, runBulk } from './bulk-run'
import { leave, leaving, stay } from './leaving'
import { applyChange } from './live/feed'

const UNDO_MS = 10_000

/** Retries or cancels, or deletes for good, and tells what was done and what was left out and why. */
export async function doBulk(action: BulkAction, target: BulkTarget) {
  try {
    const sum = await runBulk(action, target, ({ done }) => {
      if (action === 'delete') applyChange({ images: [], removed: done })
    })
    tell(action, sum)
  } catch (error) {
    notify('error', texts.actions.failed(texts.bulk.name[action], errorText(error)))
  }
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
    if (kept.length > 0) tell('delete', { done: [], skipped: kept })
  } catch (error) {
    notify('error', texts.actions.failed(texts.bulk.name.delete, errorText(error)))
    applyChange({ images: [], removed: [], gap: true })
  }
  stay(ids)
}

function tell(action: BulkAction, { done, skipped }: BulkSum) {
  const items = reasonsOf(skipped).map(({ reason: { code, message }, count }) =>
    texts.bulk.skipped(count, codeText(code, message)),
  )
  const n = done.length
  if (n > 0) notify('success', texts.bulk.done[action](n), { items })
  else notify(items.length > 0 ? 'error' : 'info', texts.bulk.none[action], { items })
}
