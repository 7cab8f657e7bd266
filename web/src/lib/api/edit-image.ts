import { onceProcessed } from './once-processed'
import { sendJson } from './send-json'
import type { EditsChange, ImageDetail } from './types'

/** Saves manual edits, which also apply to every later cut; null removes one. */
export const editImage = (id: number, change: EditsChange) =>
  onceProcessed(id, () => sendJson<ImageDetail>('PUT', `images/${id}/edits`, change))
