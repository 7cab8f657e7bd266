import { type Problem, useCheck } from './api/check-recipes'
import { useLate } from './use-late'

const PAUSE_MS = 350

export interface Checked {
  state: 'checking' | 'fine' | 'bad' | 'failed'
  problems: Problem[]
  recipes: number
  /** The text, when it is fine. */
  good: string | null
}

const none: Problem[] = []

/** What the server says of the text, some time after the last key. */
export function useChecked(text: string): Checked {
  const late = useLate(text, PAUSE_MS)
  const { data, isPlaceholderData, isError } = useCheck(late)
  const current = late === text && data !== undefined && !isPlaceholderData
  if (isError) return { state: 'failed', problems: none, recipes: 0, good: null }
  if (!current)
    return { state: 'checking', problems: data?.problems ?? none, recipes: 0, good: null }
  return {
    state: data.ok ? 'fine' : 'bad',
    problems: data.problems,
    recipes: data.recipes?.length ?? 0,
    good: data.ok ? text : null,
  }
}
