import { useServices } from '@/lib/services'
import { useStore } from '@/lib/store'

/** The topmost open dialog. Everything outside it is inert, so what must stay usable is put into it. */
export const useTopDialog = () => useStore(useServices().openDialogs).at(-1) ?? null
