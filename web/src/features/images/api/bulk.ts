import { apiUrl, call } from '@/lib/api/client'
import type { FilterParams } from './list-images'

export type BulkAction = 'retry' | 'cancel' | 'delete'
export type BulkTarget = { ids: readonly number[] } | { filter: FilterParams }

export interface Skipped {
  id: number
  code: string
  message: string
}

export interface BulkAnswer {
  done: number[]
  skipped: Skipped[]
  /** The filter may match more than one call takes. */
  more: boolean
}

/** keepalive: it still goes out while the page is being closed. */
export const bulk = (action: BulkAction, target: BulkTarget, keepalive = false) =>
  call<BulkAnswer>(apiUrl(`images/${action}`), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify('ids' in target ? target : { filter: plain(target.filter) }),
    keepalive,
  })

const plain = ({ attention, ...rest }: FilterParams) => ({
  ...rest,
  ...(attention ? { attention: true } : {}),
})
