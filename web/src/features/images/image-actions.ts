import { ApiError, errorText } from '@/lib/api/error'
import type { Image } from '@/lib/api/types'
import { copyText } from '@/lib/clipboard'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import { cancelImage } from './api/cancel-image'
import { deleteImage } from './api/delete-image'
import { retryImage } from './api/retry-image'
import { leave, leaving, stay } from './pending-deletes'
import { applyChange } from './live/feed'
import { nameOf } from './naming'

const UNDO_MS = 7000

export function removeImage(image: Image) {
  const name = nameOf(image)
  leave([image.id])
  notify('info', texts.actions.removed(name), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, run: () => stay([image.id]) },
    onGone: () => {
      if (leaving.get().has(image.id)) void removeNow(image.id, name)
    },
  })
}

async function removeNow(id: number, name: string) {
  try {
    await deleteImage(id)
  } catch (error) {
    // That it is gone already is what was wanted.
    if (!(error instanceof ApiError && error.status === 404)) {
      stay([id])
      notify('error', texts.actions.failed(name, errorText(error)))
      return
    }
  }
  applyChange({ images: [], removed: [id] })
  stay([id])
}

export async function retryOne(image: Image) {
  const name = nameOf(image)
  try {
    applyChange({ images: [await retryImage(image.id)], removed: [] })
    notify('success', texts.actions.retried(name))
  } catch (error) {
    notify('error', texts.actions.failed(name, errorText(error)))
  }
}

export async function cancelOne(image: Image) {
  const name = nameOf(image)
  try {
    applyChange({ images: [await cancelImage(image.id)], removed: [] })
    notify('success', texts.actions.cancelled(name))
  } catch (error) {
    notify('error', texts.actions.failed(name, errorText(error)))
  }
}

export async function copyLink(address: string) {
  const link = new URL(address, document.baseURI).href
  if (await copyText(link)) notify('success', texts.actions.copied)
  else notify('error', texts.actions.notCopied, { items: [link] })
}
