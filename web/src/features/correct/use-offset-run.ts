import { useEffect, useRef, useState } from 'react'
import type { OffsetTask } from './api/offset-edits'
import { applyOffset, type OffsetRun, previewOffset } from './run-offset'

export type { OffsetRun } from './run-offset'

/** Looks through the batch at once, applies when told to, and stops when the dialog goes. */
export function useOffsetRun(task: OffsetTask, title: string, onDone: () => void) {
  const [run, setRun] = useState<OffsetRun>({ step: 'looking', sum: null })
  const stop = useRef<AbortController | null>(null)

  useEffect(() => {
    const ending = new AbortController()
    stop.current = ending
    void previewOffset(task, setRun, ending.signal)
    return () => ending.abort()
  }, [task])

  const apply = async () => {
    if (run.step !== 'ready' || !stop.current) return
    setRun({ step: 'applying', sum: { ...run.sum, looked: 0, changed: 0 }, all: run.sum.looked })
    const known = { title, seen: run.sum }
    if (await applyOffset(task, known, setRun, stop.current.signal)) onDone()
  }
  return { run, apply }
}
