import { apiUrl, call } from './client'
import { ApiError } from './error'
import { onceProcessed } from './once-processed'
import { sendJson } from './send-json'
import type { EditsChange, ImageDetail } from './types'

const put = (id: number, change: EditsChange) =>
  sendJson<ImageDetail>('PUT', `images/${id}/edits`, change)

/** Saves manual edits, which also apply to every later cut; null removes one. */
export const editImage = (id: number, change: EditsChange) =>
  onceProcessed(id, () => put(id, change))

/** Takes an edit back. Fails with changed_meanwhile when the image is not as that edit left it: what somebody edited
 * since is not overwritten. */
export const undoEdit = (
  id: number,
  change: EditsChange,
  isAsSaved: (image: ImageDetail) => boolean,
) =>
  onceProcessed(id, async () => {
    if (!isAsSaved(await call<ImageDetail>(apiUrl(`images/${id}`))))
      throw new ApiError('changed_meanwhile', '', '', 409, null)
    return put(id, change)
  })
