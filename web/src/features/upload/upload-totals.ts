import { isMoving, isOpen, type Upload } from './upload-queue'

export interface UploadTotals {
  all: number
  done: number
  /** Of those done, the ones that the server already had. */
  existing: number
  failed: number
  open: number
  /** Of those open, the ones that are not paused. */
  moving: number
  /** Of those moving, the ones that are neither waiting for their turn nor for the server. */
  sending: number
  bytes: number
  loaded: number
  /** Bytes of those moving that are not sent yet. */
  left: number
}

/** Totals of all uploads that were not cancelled. */
export function uploadTotals(uploads: readonly Upload[]): UploadTotals {
  const totals = {
    all: 0,
    done: 0,
    existing: 0,
    failed: 0,
    open: 0,
    moving: 0,
    sending: 0,
    bytes: 0,
    loaded: 0,
    left: 0,
  }
  for (const upload of uploads) {
    if (upload.state === 'cancelled') continue
    totals.all++
    totals.bytes += upload.size
    if (isOpen(upload)) totals.open++
    if (isMoving(upload)) {
      totals.moving++
      totals.left += Math.max(0, upload.size - upload.loaded)
    }
    if (upload.state === 'sending') totals.sending++
    if (upload.state === 'failed') totals.failed++
    if (upload.state === 'existing') totals.existing++
    if (upload.state === 'done' || upload.state === 'existing') totals.done++
    totals.loaded += isOpen(upload) ? Math.min(upload.loaded, upload.size) : upload.size
  }
  return totals
}
