import { useEffect, useRef, useState } from 'react'
import { useUi } from '@/lib/services'
import type { OffsetTask } from '@/features/images/api/offset-edits'
import { applyOffset, type OffsetRun, previewOffset } from './run-offset'

export type { OffsetRun } from './run-offset'

/** Previews the shift for the batch immediately, applies it on request, and stops when the dialog closes. */
export function useOffsetRun(task: OffsetTask, title: string, onDone: () => void) {
  const ui = useUi()
  const [run, setRun] = useState<OffsetRun>({ step: 'checking', sum: null })
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
    const known = { title, preview: run.sum }
    if (await applyOffset(ui, task, known, setRun, stop.current.signal)) onDone()
  }
  return { run, apply }
}
