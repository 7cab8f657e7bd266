import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { apiUrl } from '@/lib/api/client'
import type { Image, ImageList } from '@/lib/api/types'
import { wait } from '@/lib/backoff'
import { createStore, useStore } from '@/lib/store'
import { imageKey } from '@/features/images/api/get-image'
import { listImages, listKey, type ViewParams } from '@/features/images/api/list-images'
import { Connection, type Mode, POLL_LIMIT, type Sources } from './connection'
import { type Change, joinChanges, type Kind, mergeList } from './merge'
import { noteNewest } from './recent-images'
import { type Link, share } from './shared-connection'

const ASK_AGAIN_MS = 700
/** A server that takes long to answer is asked less often. */
const ASK_SHARE = 4

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

/** One connection for all pages of the browser. Answers how to end it. */
export function startFeed(queryClient: QueryClient): () => void {
  client = queryClient
  const link = share({
    name: `posecraft ${apiUrl('live').pathname}`,
    connect: ({ onChange, onMode }, seq): Link => {
      const connection = new Connection(sources, onChange, onMode, seq)
      connection.start()
      return connection
    },
    ask: async () => (await listImages({ limit: 1 })).seq,
    onChange: receive,
    onMode: (mode) => state.set((now) => (now.mode === mode ? now : { ...now, mode })),
  })
  return () => link.stop()
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

let highest = 0

/** Also for what our own calls answer: it need not wait for its echo. */
export function applyChange(change: Change) {
  if (!client) return
  noteNewest(change.images, change.removed)
  const lists = client.getQueriesData<ImageList>({ queryKey: listKey })
  for (const [, list] of lists) highest = maxId(list?.images ?? [], highest)
  // A new image moves all rows behind it.
  const added = maxId(change.images, highest)
  let stale = added > highest
  highest = added
  for (const [key, list] of lists) {
    if (!list) continue
    const merged = mergeList(list, change, kindOf(key))
    if (merged.list !== list) client.setQueryData(key, merged.list)
    stale ||= merged.stale || countsDiffer(list, change, key)
  }
  for (const { id } of change.images)
    void client.invalidateQueries({ queryKey: imageKey(id), refetchType: 'active' })
  if (stale) void askAgainSoon()
}

const maxId = (images: readonly Image[], from: number) =>
  images.reduce((most, { id }) => Math.max(most, id), from)

/** Polling may not tell all that was removed; that the sum is another does. */
function countsDiffer({ counts }: ImageList, change: Change, key: QueryKey): boolean {
  const next = change.counts
  if (!next || !kindOf(key).counted) return false
  const sum = (of: typeof counts) => of.pending + of.processed + of.failed
  return sum(counts) !== sum(next)
}

function kindOf(key: QueryKey): Kind {
  const { q, status, attention, batch, sort } = key[1] as ViewParams
  const counted = !q && !batch
  return { counted, whole: counted && !status && !attention && sort === 'id' }
}

/** At most one question at a time; what changes while it is answered leads to one more. */
async function askAgainSoon() {
  again = true
  if (asking) return
  asking = true
  let pause = ASK_AGAIN_MS
  while (again) {
    await wait(pause)
    again = false
    const start = performance.now()
    await client?.invalidateQueries({ queryKey: listKey })
    pause = Math.max(ASK_AGAIN_MS, ASK_SHARE * (performance.now() - start))
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
