import { useEffect, useState } from 'react'
import { type RecutSum, type RecutTarget, runRecut } from './run-recut'

export type WouldChange =
  | { step: 'counting'; sum: RecutSum | null }
  | { step: 'known'; sum: RecutSum }
  | { step: 'failed'; sum: null; error: unknown }

/** Counts how many images a re-cut would change; null counts nothing. Each new target object starts a new
 * count. */
export function useWouldChange(target: RecutTarget | null): WouldChange {
  const [state, setState] = useState<WouldChange>({ step: 'counting', sum: null })
  useEffect(() => {
    const stop = new AbortController()
    setState({ step: 'counting', sum: null })
    if (target)
      runRecut(target, {
        dryRun: true,
        signal: stop.signal,
        onPart: (sum) => stop.signal.aborted || setState({ step: 'counting', sum }),
      }).then(
        (sum) => stop.signal.aborted || setState({ step: 'known', sum }),
        (error: unknown) => stop.signal.aborted || setState({ step: 'failed', sum: null, error }),
      )
    return () => stop.abort()
  }, [target])
  return state
}
