import { randomId } from './random-id'

const KEY = 'posecraft.tab'
const LOCK = 'posecraft uploads of '
/** Without locks, a tab that saved nothing for this long is taken to be closed. */
const CLOSED_AFTER_MS = 600_000

export interface TabId {
  tab: string
  /** Whether nobody sends the uploads of this tab any more: its page was closed or reloaded. */
  isAbandoned: (tab: string, keptAt: number) => boolean
}

/** Gives the tab an id that survives a reload. Each open tab holds a lock, so that the uploads of a closed tab
 * can be told from those of an open one. If two tabs sent the same file after all, the server would recognise
 * the bytes. */
export async function claimTabId(): Promise<TabId> {
  const before = storedId()
  if (!('locks' in navigator)) {
    const tab = before ?? newId()
    return {
      tab,
      isAbandoned: (one, keptAt) => one === tab || Date.now() - keptAt > CLOSED_AFTER_MS,
    }
  }
  // A duplicated tab has the id of the original one, which holds the lock.
  const own = before !== null && (await acquireLock(before))
  const tab = own ? before : newId()
  if (!own) await acquireLock(tab)
  const { held = [] } = await navigator.locks.query()
  const open = new Set(held.map(({ name }) => name))
  return { tab, isAbandoned: (one) => one === tab || !open.has(LOCK + one) }
}

/** Holds the lock until the page ends; false when another page has it. */
const acquireLock = (tab: string) =>
  new Promise<boolean>((resolve) => {
    void navigator.locks.request(LOCK + tab, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock && new Promise(() => undefined)
    })
  })

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
