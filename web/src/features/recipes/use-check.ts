import { type Problem, useCheck } from './api/check-recipes'
import { useDebounced } from './use-debounced'

const PAUSE_MS = 350

export interface Checked {
  state: 'checking' | 'fine' | 'bad' | 'failed'
  problems: Problem[]
  /** The labels of the recipes, if the text has no problems. */
  labels: readonly string[]
  /** The text, if it has no problems. */
  good: string | null
}

const none: Problem[] = []
const noLabels: string[] = []

/** The server's check of the text, requested a moment after the last key press. */
export function useChecked(text: string): Checked {
  const late = useDebounced(text, PAUSE_MS)
  const { data, isPlaceholderData, isError } = useCheck(late)
  const current = late === text && data !== undefined && !isPlaceholderData
  if (isError) return { state: 'failed', problems: none, labels: noLabels, good: null }
  if (!current)
    return { state: 'checking', problems: data?.problems ?? none, labels: noLabels, good: null }
  return {
    state: data.ok ? 'fine' : 'bad',
    problems: data.problems,
    labels: data.recipes?.map(({ label }) => label) ?? noLabels,
    good: data.ok ? text : null,
  }
}
