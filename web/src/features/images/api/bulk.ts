import { apiUrl, call } from '@/lib/api/client'
import type { BulkAnswer, BulkRequest } from '@/lib/api/types'
import type { FilterParams } from '@/lib/api/list-images'

export type BulkAction = 'retry' | 'cancel' | 'delete'
export type BulkTarget =
  | { ids: readonly number[] }
  /** All images that match the filter, except some. */
  | { filter: FilterParams; except?: ReadonlySet<number> }

/** The most ids per call. */
export const BULK_IDS = 1000

interface Options {
  /** With a filter: where the previous call ended. */
  after?: number
  /** The request is sent even while the page is being closed. */
  keepalive?: boolean
}

export const bulk = (
  action: BulkAction,
  target: BulkTarget,
  { after = 0, keepalive = false }: Options = {},
) =>
  call<BulkAnswer>(apiUrl(`images/${action}`), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request(target, after)),
    keepalive,
  })

function request(target: BulkTarget, after: number): Partial<BulkRequest> {
  if ('ids' in target) return { ids: [...target.ids] }
  const { q, status, batch, attention, review } = target.filter
  const filter = {
    ...(q ? { q } : {}),
    ...(status ? { status } : {}),
    ...(batch ? { batch } : {}),
    ...(attention ? { attention: true } : {}),
    ...(review ? { review } : {}),
  }
  return { filter, after }
}
