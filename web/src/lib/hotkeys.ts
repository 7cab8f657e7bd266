import { useEffect, useRef } from 'react'
import { readPreference, writePreference } from './preferences'
import { useServices } from './services'
import { createStore, type Store, useStore } from './store'

/** Users of speech input turn single-key shortcuts off, because spoken words would trigger them. */
export const createHotkeysSetting = (): Store<boolean> =>
  createStore(readPreference('hotkeys') !== 'off')

export function useHotkeysEnabled(): [enabled: boolean, set: (on: boolean) => void] {
  const store = useServices().hotkeysEnabled
  const set = (on: boolean) => {
    store.set(on)
    writePreference('hotkeys', on ? null : 'off')
  }
  return [useStore(store), set]
}

/** In a text field a key is text, and a dialog has keys of its own. */
function isTakenElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  )
}

/** Keys that work everywhere on the page, except in a text field or under an open dialog. */
export function useHotkeys(keys: Record<string, () => void>) {
  const enabled = useServices().hotkeysEnabled
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const run = keys[event.key]
      if (!run || !enabled.get() || event.ctrlKey || event.metaKey || event.altKey) return
      if (isTakenElsewhere(event.target)) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [keys, enabled])
}

const buttons = ['button', 'checkbox', 'color', 'file', 'radio', 'range', 'reset', 'submit']

/** In a text field, Ctrl+Z undoes typing. */
const isText = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !buttons.includes(target.type)))

/** Ctrl+Z, or Cmd+Z, except in a text field. `run` returns whether it had something to undo. `inner`: it goes before
 * those that are not, and hides the key from them. */
export function useUndoKey(run: () => boolean, { inner = false } = {}) {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'z' || event.shiftKey || event.altKey) return
      if (event.ctrlKey === event.metaKey || event.defaultPrevented || isText(event.target)) return
      if (event.repeat) return
      if (inner) event.stopPropagation()
      if (latest.current()) event.preventDefault()
    }
    window.addEventListener('keydown', onKey, inner)
    return () => window.removeEventListener('keydown', onKey, inner)
  }, [inner])
}
