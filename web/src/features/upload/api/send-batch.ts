import { apiUrl, call } from '@/lib/api/client'
import { ApiError } from '@/lib/api/error'
import type { BatchAnswer } from '@/lib/api/types'

const none: BatchAnswer = { message: '', imageIds: [], images: [], rejected: [] }

/** Sends addresses. That all were refused is an answer too: it names the reason of each. */
export async function sendBatch(imageUrls: string[]): Promise<BatchAnswer> {
  try {
    return await call<BatchAnswer>(apiUrl('process-batch'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ imageUrls }),
    })
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'batch_all_rejected') throw error
    const { rejected } = error.answer as Partial<BatchAnswer>
    if (!rejected) throw error
    return { ...none, rejected }
  }
}
