import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query'
import { apiUrl } from '@/lib/api/client'
import { imageKey } from '@/lib/api/get-image'
import { listImages, listKey, type ViewParams } from '@/lib/api/list-images'
import type { Image, ImageList } from '@/lib/api/types'
import { needsReview } from '@/lib/api/needs-review'
import { reviewCountKey } from '@/lib/api/review-count'
import type { ImageChange } from '@/lib/image-change'
import { createStore } from '@/lib/store'
import { Connection, type Mode, POLL_LIMIT, type Sources } from './connection'
import { joinChanges, type Kind, mergeList } from './merge'
import { RecentImages } from './recent-images'
import { Refetcher } from './refetcher'
import { type ConnectionHandle, shareConnection } from './shared-connection'

export interface FeedState {
  mode: Mode
  paused: boolean
  /** Images that changed while the feed was paused. */
  waiting: number
}

/** Brings changes from the server into the lists and images that TanStack Query has cached. */
export class LiveFeed {
  readonly store = createStore<FeedState>({ mode: 'connecting', paused: false, waiting: 0 })
  readonly recent = new RecentImages()
  /** Changes that arrived while the feed was paused. */
  private held: ImageChange | null = null
  private readonly lists: Refetcher
  private readonly reviewCount: Refetcher
  private highestId = 0

  constructor(private readonly client: QueryClient) {
    this.lists = new Refetcher(() => client.invalidateQueries({ queryKey: listKey }))
    this.reviewCount = new Refetcher(() => client.invalidateQueries({ queryKey: reviewCountKey }))
  }

  /** Opens one connection for all tabs of the browser. */
  start() {
    shareConnection({
      name: `posecraft ${apiUrl('live').pathname}`,
      connect: ({ onChange, onMode }, seq): ConnectionHandle => {
        const connection = new Connection(sources, onChange, onMode, seq)
        connection.start()
        return connection
      },
      ask: async () => (await listImages({ limit: 1 })).seq,
      onChange: (change) => this.receive(change),
      onMode: (mode) => this.store.set((now) => (now.mode === mode ? now : { ...now, mode })),
    })
  }

  readonly togglePause = () => {
    const { paused } = this.store.get()
    this.store.set((now) => ({ ...now, paused: !paused, waiting: 0 }))
    if (!paused || !this.held) return
    const change = this.held
    this.held = null
    this.apply(change)
  }

  /** Also used for what the page's own calls return, so that it need not wait for the feed to repeat it. */
  readonly apply = (change: ImageChange) => {
    this.recent.note(change.images, change.removed)
    const lists = this.client.getQueriesData<ImageList>({ queryKey: listKey })
    for (const [, list] of lists) this.highestId = maxId(list?.images ?? [], this.highestId)
    // A new image moves every row after it.
    const highest = maxId(change.images, this.highestId)
    let stale = highest > this.highestId
    this.highestId = highest
    /** How many rows have left each list, on all of its pages. */
    const left = new Map<string, number>()
    const merged = lists.flatMap(([key, list]) => {
      if (!list) return []
      const next = mergeList(list, change, kindOf(key))
      const name = hashKey([key[1]])
      left.set(name, (left.get(name) ?? 0) + next.left)
      stale ||= next.stale || totalDiffers(list, change, key)
      return [{ key, name, list, next: next.list }]
    })
    for (const { key, name, list, next } of merged) {
      const gone = left.get(name) ?? 0
      if (next !== list || gone > 0)
        this.client.setQueryData(key, { ...next, total: Math.max(0, list.total - gone) })
    }
    for (const { id } of change.images)
      void this.client.invalidateQueries({ queryKey: imageKey(id), refetchType: 'active' })
    if (stale) void this.lists.soon()
    void this.reviewCount.soon()
  }

  private receive(change: ImageChange) {
    if (!this.store.get().paused) {
      this.apply(change)
      return
    }
    this.held = joinChanges(this.held, change)
    const waiting = this.held.images.length + this.held.removed.length
    this.store.set((now) => ({ ...now, waiting }))
  }
}

const maxId = (images: readonly Image[], from: number) =>
  images.reduce((most, { id }) => Math.max(most, id), from)

/** Polling may miss a removed image. A different total shows that it did. */
function totalDiffers({ counts }: ImageList, change: ImageChange, key: QueryKey): boolean {
  const next = change.counts
  if (!next || !kindOf(key).counted) return false
  const total = (of: typeof counts) => of.pending + of.processed + of.failed
  return total(counts) !== total(next)
}

function kindOf(key: QueryKey): Kind {
  const { q, status, attention, batch, sort, limit } = key[1] as ViewParams & { limit?: number }
  const counted = !q && !batch
  const kind = { counted, whole: counted && !status && !attention && sort === 'id' }
  // The review decides on its own what it has seen.
  if (limit) return kind
  return {
    ...kind,
    keeps: (image: Image) =>
      (!status || image.status === status) && (!attention || needsReview(image)),
  }
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
