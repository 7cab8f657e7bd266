import { createContext, useContext } from 'react'
import type { Services } from '@/lib/services'
import { useStore } from '@/lib/store'
import { BulkActions } from './bulk/bulk-actions'
import { ImageActions } from './bulk/image-actions'
import { PendingDeletes } from './bulk/pending-deletes'
import type { LiveFeed } from './live/feed'
import { sampleImages } from './selection/sample-images'
import { SelectionState } from './selection/selection'
import { LayoutState } from './table/layout'

/** The state that the rooms of this feature share. */
export interface ImagesServices {
  feed: LiveFeed
  selection: SelectionState
  layout: LayoutState
  pendingDeletes: PendingDeletes
  actions: ImageActions
  bulk: BulkActions
  /** Images to try recipes on. */
  sampleImages: ReturnType<typeof sampleImages>
}

export function createImagesServices(
  { ui, view }: Pick<Services, 'ui' | 'view'>,
  feed: LiveFeed,
): ImagesServices {
  const selection = new SelectionState()
  const pendingDeletes = new PendingDeletes(selection)
  return {
    feed,
    selection,
    layout: new LayoutState(),
    pendingDeletes,
    actions: new ImageActions(ui, feed, pendingDeletes),
    bulk: new BulkActions(ui, feed, pendingDeletes, selection),
    sampleImages: sampleImages(selection, view),
  }
}

export const ImagesContext = createContext<ImagesServices | null>(null)

export function useImagesServices(): ImagesServices {
  const services = useContext(ImagesContext)
  if (!services) throw new Error('ImagesContext has no provider')
  return services
}

export const useFeed = () => useStore(useImagesServices().feed.store)
export const useSelection = () => useStore(useImagesServices().selection.store)
export const useLayout = () => useStore(useImagesServices().layout.store)
