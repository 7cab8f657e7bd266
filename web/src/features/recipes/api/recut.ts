import { sendJson } from '@/lib/api/send-json'
import type { RecutAnswer } from '@/lib/api/types'

/** One call looks at so many. */
export const RECUT_IDS = 250

export interface RecutAsk {
  dryRun?: boolean
  after?: number
  ids?: number[]
  /** With ids: labels that they are cut by from now on; null: those in force. */
  recipes?: string[] | null
}

export const recut = (ask: RecutAsk, signal?: AbortSignal) =>
  sendJson<RecutAnswer>('POST', 'recut', ask, signal)
