import { createStore, useStore } from '@/lib/store'

/** As the API has it. */
export const BATCH_LONGEST = 128

/** The batch of all that is added from now on; '' is none. */
const store = createStore('')

export const useBatchName = () => useStore(store)
export const getBatchName = () => store.get().trim()
export const setBatchName = (name: string) => store.set(name.slice(0, BATCH_LONGEST))
