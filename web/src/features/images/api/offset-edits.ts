import { sendJson } from '@/lib/api/send-json'
import type { OffsetAnswer, OffsetRequest } from '@/lib/api/types'

export type Offset = NonNullable<OffsetRequest['offset']>

export interface OffsetTask {
  label: string
  batch: string
  /** null removes the shift of the batch again. */
  offset: Offset | null
}

export const offsetEdits = (
  task: OffsetTask,
  { after, dryRun }: { after: number; dryRun: boolean },
  signal?: AbortSignal,
) => sendJson<OffsetAnswer>('POST', 'edits/offset', { ...task, after, dryRun }, signal)
