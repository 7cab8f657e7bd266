import { useEffect, useState } from 'react'
import { type RecutSum, type RecutTarget, runRecut } from './run-recut'

export type WouldChange =
  | { step: 'looking'; sum: RecutSum | null }
  | { step: 'known'; sum: RecutSum }
  | { step: 'failed'; sum: null; error: unknown }

/** Counts, over all pages, what cutting anew would change; null does not ask. The target has to stay the
 * same object. */
export function useWouldChange(target: RecutTarget | null): WouldChange {
  const [state, setState] = useState<WouldChange>({ step: 'looking', sum: null })
  useEffect(() => {
    const stop = new AbortController()
    setState({ step: 'looking', sum: null })
    if (target)
      runRecut(target, {
        dryRun: true,
        signal: stop.signal,
        onPart: (sum) => stop.signal.aborted || setState({ step: 'looking', sum }),
      }).then(
        (sum) => stop.signal.aborted || setState({ step: 'known', sum }),
        (error: unknown) => stop.signal.aborted || setState({ step: 'failed', sum: null, error }),
      )
    return () => stop.abort()
  }, [target])
  return state
}
