import { createStore, useStore } from '@/lib/store'

/** null: closed. Else the text that the dialog opens with. */
const store = createStore<string | null>(null)

export const openUrlDialog = (text = '') => store.set(text)
export const closeUrlDialog = () => store.set(null)
export const useUrlDialog = () => useStore(store)
