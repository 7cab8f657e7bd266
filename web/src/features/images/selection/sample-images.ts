import { apiUrl, call } from '@/lib/api/client'
import { listImages } from '@/lib/api/list-images'
import type { Image } from '@/lib/api/types'
import { filterParams, type ViewState } from '@/lib/view'
import type { SelectionState } from './selection'

/** Finds processed images to try something on: the selected ones, or the newest if none is selected. */
export const sampleImages =
  (selection: SelectionState, view: ViewState) => async (limit: number) => {
    const { ids, all } = selection.store.get()
    const selected = all
      ? await newest(limit, filterParams(view.store.get()))
      : await byId([...ids].slice(0, limit))
    if (selected.length > 0) return { of: 'selected' as const, images: selected }
    return { of: 'newest' as const, images: await newest(limit, {}) }
  }

async function newest(limit: number, filter: ReturnType<typeof filterParams>): Promise<Image[]> {
  const { images } = await listImages({ ...filter, status: 'processed', limit })
  return images
}

async function byId(ids: readonly number[]): Promise<Image[]> {
  const answers = await Promise.allSettled(
    ids.map((id) => call<Image>(apiUrl(`image-status/${id}`))),
  )
  return answers.flatMap((answer) =>
    answer.status === 'fulfilled' && answer.value.status === 'processed' ? [answer.value] : [],
  )
}
