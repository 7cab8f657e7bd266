import type { BulkTarget } from '@/features/images/api/bulk'
import { listImages } from '@/lib/api/list-images'
import { withRetry } from '@/lib/backoff'

/** The server lists at most so many in one answer. */
const LIST = 1000

/** The finished of them, for what cannot be asked of a filter. */
export async function resolveIds(target: BulkTarget): Promise<number[]> {
  if ('ids' in target) return [...target.ids]
  const { filter, except } = target
  const ids: number[] = []
  for (let total = 1, offset = 0; offset < total; offset += LIST) {
    const from = offset
    const answer = await withRetry(() =>
      listImages({
        ...filter,
        status: 'processed',
        sort: 'id',
        order: 'asc',
        limit: LIST,
        offset: from,
      }),
    )
    total = answer.total
    for (const { id } of answer.images) if (!except?.has(id)) ids.push(id)
  }
  return ids
}
