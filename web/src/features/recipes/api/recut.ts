import { sendJson } from '@/lib/api/send-json'
import type { RecutAnswer } from '@/lib/api/types'

/** The most ids per call. */
export const RECUT_IDS = 250

export interface RecutAsk {
  dryRun?: boolean
  after?: number
  ids?: number[]
  /** With ids: the labels of the recipes for these images from now on; null: the active recipes. */
  recipes?: string[] | null
}

export const recut = (ask: RecutAsk, signal?: AbortSignal) =>
  sendJson<RecutAnswer>('POST', 'recut', ask, signal)
