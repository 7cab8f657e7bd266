import { useSyncExternalStore } from 'react'

/** As in the style sheets: below, a row is a card. */
const query = window.matchMedia('(max-width: 47rem)')

const subscribe = (listener: () => void) => {
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

export const useNarrow = () => useSyncExternalStore(subscribe, () => query.matches)
