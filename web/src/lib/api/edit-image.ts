import { onceProcessed } from './once-processed'
import { sendJson } from './send-json'
import type { EditsChange, ImageDetail } from './types'

/** What a person sets, kept through all later cuts; null takes it back. */
export const editImage = (id: number, change: EditsChange) =>
  onceProcessed(id, () => sendJson<ImageDetail>('PUT', `images/${id}/edits`, change))
