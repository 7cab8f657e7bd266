import { createContext, useContext } from 'react'
import type { Clock } from './clock'
import type { I18n } from './i18n'
import type { ImageChange } from './image-change'
import type { Snackbars } from './snackbars'
import type { Store } from './store'
import type { Theme } from './theme'
import type { Ui } from './ui'
import type { ViewState } from './view'

/** The state that the whole page shares. app/ creates it once and hands it down by context, so that no
 * module keeps state of its own. */
export interface Services {
  i18n: I18n
  snackbars: Snackbars
  ui: Ui
  view: ViewState
  clock: Clock
  theme: Store<Theme>
  hotkeysEnabled: Store<boolean>
  /** The open dialogs, topmost last. */
  openDialogs: Store<readonly HTMLElement[]>
  /** Puts images that the server returned into every list and open image on the page. */
  applyChange: (change: ImageChange) => void
}

export const ServicesContext = createContext<Services | null>(null)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new Error('ServicesContext has no provider')
  return services
}

/** For event handlers: they show notifications and read the texts when they run. */
export const useUi = () => useServices().ui
