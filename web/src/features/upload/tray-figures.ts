import { isMoving, isOpen, type Upload } from './upload-queue'

export interface TrayFigures {
  all: number
  done: number
  /** Of those done. */
  existing: number
  failed: number
  open: number
  /** Of those open, not paused. */
  moving: number
  bytes: number
  loaded: number
}

/** Totals over what was not cancelled. */
export function trayFigures(uploads: readonly Upload[]): TrayFigures {
  const figures = {
    all: 0,
    done: 0,
    existing: 0,
    failed: 0,
    open: 0,
    moving: 0,
    bytes: 0,
    loaded: 0,
  }
  for (const upload of uploads) {
    if (upload.state === 'cancelled') continue
    figures.all++
    figures.bytes += upload.size
    if (isOpen(upload)) figures.open++
    if (isMoving(upload)) figures.moving++
    if (upload.state === 'failed') figures.failed++
    if (upload.state === 'existing') figures.existing++
    if (upload.state === 'done' || upload.state === 'existing') figures.done++
    figures.loaded += isOpen(upload) ? Math.min(upload.loaded, upload.size) : upload.size
  }
  return figures
}
