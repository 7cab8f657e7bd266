import { randomId } from './random-id'

const PLACE = 'posecraft.tab'
const LOCK = 'posecraft uploads of '
/** Without locks: a tab that kept nothing for so long is taken for closed. */
const GONE_MS = 600_000

export interface TabId {
  tab: string
  /** Whether what this tab kept is left over: its page was closed or loaded anew. */
  isAbandoned: (tab: string, keptAt: number) => boolean
}

/** A name that outlives a reload. A lock tells which tabs are open: what a tab that was closed left behind
 * is then sent by the next. Should two tabs send the same after all, the server knows the bytes. */
export async function claimTabId(): Promise<TabId> {
  const before = recallName()
  if (!('locks' in navigator)) {
    const tab = before ?? rememberName()
    return { tab, isAbandoned: (one, keptAt) => one === tab || Date.now() - keptAt > GONE_MS }
  }
  // A tab that was doubled has the name of the other.
  const own = before !== null && (await holds(before))
  const tab = own ? before : rememberName()
  if (!own) await holds(tab)
  const { held = [] } = await navigator.locks.query()
  const open = new Set(held.map(({ name }) => name))
  return { tab, isAbandoned: (one) => one === tab || !open.has(LOCK + one) }
}

/** Holds the name until the page ends; false when another page does. */
const holds = (tab: string) =>
  new Promise<boolean>((resolve) => {
    void navigator.locks.request(LOCK + tab, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock && new Promise(() => undefined)
    })
  })

function recallName(): string | null {
  try {
    return sessionStorage.getItem(PLACE)
  } catch {
    return null
  }
}

function rememberName(): string {
  const name = randomId()
  try {
    sessionStorage.setItem(PLACE, name)
  } catch {
    // Then it is a new tab after each reload.
  }
  return name
}
