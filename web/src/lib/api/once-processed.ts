import { apiUrl, call } from './client'
import { ApiError } from './error'
import type { Image } from './types'

const WAIT_S = 30

/** The server accepts edits and decisions only for processed images. While the image is being re-cut this waits
 * until it is processed, and then tries once more. */
export async function onceProcessed<T>(id: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'not_processed')) throw error
    const { status } = await call<Image>(apiUrl(`image-status/${id}`, { wait: WAIT_S }))
    if (status !== 'processed') throw error
    return work()
  }
}
