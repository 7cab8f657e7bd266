import { wait } from '@/lib/backoff'
import { randomId } from './random-id'

const KEY = 'posecraft.tab'
const LOCK = 'posecraft uploads of '
const CHANNEL = 'posecraft uploads'
/** A tab that reloads is back within this time and takes its uploads itself. */
const RELOAD_MS = 4000
/** Without locks, a tab that saved nothing for this long is taken to be closed. */
const CLOSED_AFTER_MS = 600_000

export interface Tab {
  id: string
  /** Whether this tab continues uploads that were saved under that id. */
  isOwn: (id: string, keptAt: number) => boolean
  /** There is no lock that says so, so uploads that are taken over must be saved under the own id. */
  retags: boolean
  /** Tells the other tabs that this one has uploads. */
  announce: () => void
  /** Calls once for each of these tabs, and of those that announce themselves later, when it is closed. Of all
   * open tabs only one is called. */
  followOthers: (ids: Iterable<string>, onClosed: (id: string) => void) => void
}

/** Gives the tab an id that survives a reload. Each open tab holds a lock, so that the uploads of a closed tab
 * can be told from those of an open one. If two tabs sent the same file after all, the server would recognise
 * the bytes. */
export async function claimTab(): Promise<Tab> {
  const before = storedId()
  if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) {
    const id = before ?? newId()
    return {
      id,
      isOwn: (one, keptAt) => one === id || Date.now() - keptAt > CLOSED_AFTER_MS,
      retags: true,
      announce: () => undefined,
      followOthers: () => undefined,
    }
  }
  // A duplicated tab has the id of the original one, which holds the lock.
  const own = before !== null && (await holdLock(before))
  const id = own ? before : newId()
  if (!own) await holdLock(id)
  const channel = new BroadcastChannel(CHANNEL)
  return {
    id,
    isOwn: (one) => one === id,
    retags: false,
    announce: () => channel.postMessage(id),
    followOthers: (ids, onClosed) => {
      const followed = new Set([id])
      const follow = (other: string) => {
        if (followed.has(other)) return
        followed.add(other)
        void holdWhenClosed(other).then(() => onClosed(other))
      }
      for (const other of ids) follow(other)
      channel.onmessage = ({ data }) => follow(String(data))
    },
  }
}

/** Holds the lock until the page ends; false when another page has it. */
const holdLock = (tab: string) =>
  new Promise<boolean>((resolve) => {
    void navigator.locks.request(LOCK + tab, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock && new Promise(() => undefined)
    })
  })

/** Holds that tab's lock as soon as the tab has been closed, and has not come back from a reload. */
async function holdWhenClosed(tab: string) {
  do {
    await navigator.locks.request(LOCK + tab, () => undefined)
    await wait(RELOAD_MS)
  } while (!(await holdLock(tab)))
}

function storedId(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

function newId(): string {
  const id = randomId()
  try {
    sessionStorage.setItem(KEY, id)
  } catch {
    // Without storage the tab gets a new id after each reload.
  }
  return id
}
