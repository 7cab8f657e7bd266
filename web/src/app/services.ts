import { QueryClient } from '@tanstack/react-query'
import { createImagesServices, type ImagesServices, LiveFeed } from '@/features/images'
import { createDraftStore, type DraftStore } from '@/features/recipes/draft'
import { DecisionSender } from '@/features/review/decision-sender'
import { Uploads } from '@/features/upload'
import { ApiError } from '@/lib/api/error'
import { Clock } from '@/lib/clock'
import { createHotkeysSetting } from '@/lib/hotkeys'
import { I18n } from '@/lib/i18n'
import type { Services } from '@/lib/services'
import { Snackbars } from '@/lib/snackbars'
import { createStore } from '@/lib/store'
import { createThemeStore } from '@/lib/theme'
import { Ui } from '@/lib/ui'
import { ViewState } from '@/lib/view'

const RETRIES = 4

export interface AppServices {
  client: QueryClient
  /** Shared by all features. */
  shared: Services
  images: ImagesServices
  uploads: Uploads
  /** The features that are loaded on demand get these as props. They outlive the dialogs that use them. */
  recipeDrafts: DraftStore
  decisionSender: DecisionSender
}

/** Creates all state of the page. The page does this once; nothing happens before start(). */
export function createServices(): AppServices {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        // The live feed brings changes, so asking again at each focus would only load the server.
        staleTime: Infinity,
        refetchOnWindowFocus: false,
        retry: (failures, error) =>
          failures < RETRIES && error instanceof ApiError && error.isTransient,
      },
    },
  })
  const i18n = new I18n()
  const snackbars = new Snackbars()
  const ui = new Ui(i18n, snackbars)
  const feed = new LiveFeed(client)
  const shared: Services = {
    i18n,
    snackbars,
    ui,
    view: new ViewState(),
    clock: new Clock(),
    theme: createThemeStore(),
    hotkeysEnabled: createHotkeysSetting(),
    openDialogs: createStore<readonly HTMLElement[]>([]),
    applyChange: feed.apply,
  }
  return {
    client,
    shared,
    images: createImagesServices(shared, feed),
    uploads: new Uploads(client, ui),
    recipeDrafts: createDraftStore(),
    decisionSender: new DecisionSender(),
  }
}

export function start({ shared, images, uploads }: AppServices) {
  shared.i18n.start()
  shared.view.followAddressBar()
  images.pendingDeletes.deleteWhenPageCloses()
  images.feed.start()
  void uploads.resume()
}
