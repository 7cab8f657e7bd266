import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { apiUrl } from '@/lib/api/client'
import type { ImageList } from '@/lib/api/types'
import { wait } from '@/lib/backoff'
import { createStore, useStore } from '@/lib/store'
import { imageKey } from '@/features/images/api/get-image'
import { listImages, listKey, type ListParams } from '@/features/images/api/list-images'
import { Connection, type Mode, POLL_LIMIT, type Sources } from './connection'
import { type Change, joinChanges, mergeList } from './merge'
import { noteNewest } from './newest'

const ASK_AGAIN_MS = 700

export interface FeedState {
  mode: Mode
  paused: boolean
  /** Images that changed while paused. */
  waiting: number
}

const state = createStore<FeedState>({ mode: 'connecting', paused: false, waiting: 0 })
export const useFeed = () => useStore(state)

let held: Change | null = null
let asking = false
let again = false
let client: QueryClient | undefined

/** One connection for the whole page. Answers how to end it. */
export function startFeed(queryClient: QueryClient): () => void {
  client = queryClient
  const connection = new Connection(sources, receive, (mode) => {
    state.set((now) => (now.mode === mode ? now : { ...now, mode }))
  })
  connection.start()
  return () => connection.stop()
}

export function togglePause() {
  const { paused } = state.get()
  state.set((now) => ({ ...now, paused: !paused, waiting: 0 }))
  if (!paused || !held) return
  const change = held
  held = null
  applyChange(change)
}

function receive(change: Change) {
  if (!state.get().paused) {
    applyChange(change)
    return
  }
  held = joinChanges(held, change)
  const waiting = held.images.length + held.removed.length
  state.set((now) => ({ ...now, waiting }))
}

/** Also for what our own calls answer: it need not wait for its echo. */
export function applyChange(change: Change) {
  if (!client) return
  noteNewest(change.images, change.removed)
  let stale = false
  for (const [key, list] of client.getQueriesData<ImageList>({ queryKey: listKey })) {
    if (!list) continue
    const merged = mergeList(list, change, isWhole(key))
    if (merged.list !== list) client.setQueryData(key, merged.list)
    stale ||= merged.stale || countsDiffer(list, change)
  }
  for (const { id } of change.images)
    void client.invalidateQueries({ queryKey: imageKey(id), refetchType: 'active' })
  if (stale) void askAgainSoon()
}

/** Polling does not tell what was removed; that the sum is another does. */
function countsDiffer({ counts }: ImageList, change: Change): boolean {
  const next = change.counts
  if (!next) return false
  const sum = (of: typeof counts) => of.pending + of.processed + of.failed
  return sum(counts) !== sum(next)
}

function isWhole(key: QueryKey): boolean {
  const { q, status, attention, batch, sort } = key[1] as ListParams
  return !q && !status && !attention && !batch && sort === 'id'
}

/** At most one question at a time; what changes while it is answered leads to one more. */
async function askAgainSoon() {
  again = true
  if (asking) return
  asking = true
  while (again) {
    await wait(ASK_AGAIN_MS)
    again = false
    await client?.invalidateQueries({ queryKey: listKey })
  }
  asking = false
}

const sources: Sources = {
  openSocket: () => {
    const url = apiUrl('live')
    url.protocol = url.protocol.replace('http', 'ws')
    return new WebSocket(url) as ReturnType<Sources['openSocket']>
  },
  changesSince: (since, signal) =>
    listImages(since === null ? { limit: 1 } : { since, limit: POLL_LIMIT }, signal),
}
