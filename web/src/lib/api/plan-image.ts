import { useQuery } from '@tanstack/react-query'
import { sendJson } from './send-json'
import type { EditsChange, Plan } from './types'

export const planImage = (id: number, edits: EditsChange, signal?: AbortSignal) =>
  sendJson<Plan>('POST', `images/${id}/plan`, { edits }, signal)

/** The shots that the image would get with these edits; requested again when the image changes. */
export function usePlan({ id, seq }: { id: number; seq: number }, edits: EditsChange, on = true) {
  return useQuery({
    queryKey: ['plan', id, seq, edits],
    queryFn: ({ signal }) => planImage(id, edits, signal),
    enabled: on,
    gcTime: 60_000,
  })
}
