import { ApiError } from '@/lib/api/error'
import type { Image } from '@/lib/api/types'
import { copyText } from '@/lib/clipboard'
import { changedImage, removedImages } from '@/lib/image-change'
import { nameOf } from '@/lib/naming'
import type { Ui } from '@/lib/ui'
import { cancelImage } from '@/features/images/api/cancel-image'
import { deleteImage } from '@/features/images/api/delete-image'
import { retryImage } from '@/features/images/api/retry-image'
import type { LiveFeed } from '@/features/images/live/feed'
import type { PendingDeletes } from './pending-deletes'

const UNDO_MS = 7000

/** What the user can do with one image. */
export class ImageActions {
  constructor(
    private readonly ui: Ui,
    private readonly feed: LiveFeed,
    private readonly pendingDeletes: PendingDeletes,
  ) {}

  /** Hides the image at once and deletes it on the server when the time to undo is over. */
  delete(image: Image) {
    const { texts } = this.ui
    const name = nameOf(image)
    this.pendingDeletes.add([image.id])
    this.ui.notify('info', texts.actions.removed(name), {
      lifeMs: UNDO_MS,
      action: {
        label: texts.undo,
        undoes: 'while-shown',
        run: () => this.pendingDeletes.remove([image.id]),
      },
      onGone: () => {
        if (this.pendingDeletes.has(image.id)) void this.deleteOnServer(image.id, name)
      },
    })
  }

  async retry(image: Image) {
    const name = nameOf(image)
    try {
      this.feed.apply(changedImage(await retryImage(image.id)))
      this.ui.notify('success', this.ui.texts.actions.retried(name))
    } catch (error) {
      this.ui.notifyFailure(name, error)
    }
  }

  async cancel(image: Image) {
    const name = nameOf(image)
    try {
      this.feed.apply(changedImage(await cancelImage(image.id)))
      this.ui.notify('success', this.ui.texts.actions.cancelled(name))
    } catch (error) {
      this.ui.notifyFailure(name, error)
    }
  }

  async copyLink(url: string) {
    const { texts } = this.ui
    const link = new URL(url, document.baseURI).href
    if (await copyText(link)) this.ui.notify('success', texts.actions.copied)
    else this.ui.notify('error', texts.actions.notCopied, { items: [link] })
  }

  private async deleteOnServer(id: number, name: string) {
    try {
      await deleteImage(id)
    } catch (error) {
      // An image that is already deleted is what the user wanted.
      if (!(error instanceof ApiError && error.status === 404)) {
        this.pendingDeletes.remove([id])
        this.ui.notifyFailure(name, error)
        return
      }
    }
    this.feed.apply(removedImages([id]))
    this.pendingDeletes.remove([id])
  }
}
