import { apiUrl, call } from './client'
import { ApiError } from './error'
import type { Image } from './types'

const WAIT_S = 30

/** What people set is taken only of a processed image. One that is just being cut anew is waited for,
 * and asked once more. */
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
