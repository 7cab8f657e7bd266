import { useSyncExternalStore } from 'react'

/** The same width as in the style sheets: below it, each row is shown as a card. */
const NARROW = '(max-width: 47rem)'

const subscribe = (listener: () => void) => {
  const query = window.matchMedia(NARROW)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

export const useNarrow = () =>
  useSyncExternalStore(subscribe, () => window.matchMedia(NARROW).matches)
