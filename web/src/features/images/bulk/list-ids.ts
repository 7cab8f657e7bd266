import { type FilterParams, listImages } from '@/lib/api/list-images'
import { withRetry } from '@/lib/backoff'

/** The most images that the server lists in one answer. */
const PAGE = 1000

interface Options {
  list?: typeof listImages
  signal?: AbortSignal
}

/** The ids of all images that match the filter, except some. */
export async function listIds(
  filter: FilterParams,
  except: ReadonlySet<number> | undefined,
  { list = listImages, signal }: Options = {},
): Promise<number[]> {
  const ids: number[] = []
  for (let total = 1, offset = 0; offset < total && !signal?.aborted; offset += PAGE) {
    const from = offset
    const answer = await withRetry(() =>
      list({ ...filter, sort: 'id', order: 'asc', limit: PAGE, offset: from }),
    )
    total = answer.total
    for (const { id } of answer.images) if (!except?.has(id)) ids.push(id)
  }
  return ids
}
