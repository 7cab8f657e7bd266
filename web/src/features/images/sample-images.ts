import { apiUrl, call } from '@/lib/api/client'
import type { Image } from '@/lib/api/types'
import { listImages } from './api/list-images'
import { getSelection } from './selection/selection'
import { filterParams, getView } from './view'

/** Finished pictures to try something on: of the selection, else the newest. */
export async function findSampleImages(limit: number) {
  const { ids, all } = getSelection()
  const selected = all ? await newest(limit, true) : await named([...ids].slice(0, limit))
  if (selected.length > 0) return { of: 'selected' as const, images: selected }
  return { of: 'newest' as const, images: await newest(limit, false) }
}

async function newest(limit: number, ofView: boolean): Promise<Image[]> {
  const filter = ofView ? filterParams(getView()) : {}
  const { images } = await listImages({ ...filter, status: 'processed', limit })
  return images
}

async function named(ids: readonly number[]): Promise<Image[]> {
  const answers = await Promise.allSettled(
    ids.map((id) => call<Image>(apiUrl(`image-status/${id}`))),
  )
  return answers.flatMap((answer) =>
    answer.status === 'fulfilled' && answer.value.status === 'processed' ? [answer.value] : [],
  )
}
