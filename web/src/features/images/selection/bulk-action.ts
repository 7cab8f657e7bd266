import type { BulkAction, BulkTarget } from '@/features/images/api/bulk'
import { doBulk, removeMany } from '@/features/images/bulk-actions'
import { clearSelection } from './selection'

/** The selection has done its part then: what is gone, or runs, is not chosen any more. */
export function bulkActionOnSelection(action: BulkAction, target: BulkTarget, count: number) {
  clearSelection()
  if (action === 'delete' && 'ids' in target) removeMany(target.ids)
  else void doBulk(action, target, count)
}
