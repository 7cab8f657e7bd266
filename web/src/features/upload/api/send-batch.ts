import { apiUrl, call } from '@/lib/api/client'
import { ApiError } from '@/lib/api/error'
import type { BatchAnswer } from '@/lib/api/types'
import { writeCsv } from '@/features/upload/csv'
import { columns, type UrlLine } from '@/features/upload/parse-urls'

const none: BatchAnswer = { message: '', imageIds: [], images: [], rejected: [] }

/** The line of the first URL in the CSV that is sent; the header is above it. */
export const FIRST_LINE = 2

/** Sends URLs as CSV. If the server rejects all of them, the result says why for each. */
export async function sendBatch(lines: readonly UrlLine[], batch: string): Promise<BatchAnswer> {
  const rows = lines.map(({ url, sku = '', label = '' }) => [url, sku, label])
  try {
    return await call<BatchAnswer>(apiUrl('process-batch', { batch }), {
      method: 'POST',
      headers: { 'Content-Type': 'text/csv' },
      body: writeCsv([columns, ...rows]),
    })
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'batch_all_rejected') throw error
    const { rejected } = error.answer as Partial<BatchAnswer>
    if (!rejected) throw error
    return { ...none, rejected }
  }
}
