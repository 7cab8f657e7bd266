import { editImage } from '@/lib/api/edit-image'
import { errorText } from '@/lib/api/error'
import type { ImageDetail } from '@/lib/api/types'
import { type Box, listOf } from '@/lib/box'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'

const UNDO_MS = 12_000

interface Task {
  image: ImageDetail
  label: string
  /** What the shot is called. */
  title: string
  /** null: as planned again. */
  box: Box | null
  onImage: (image: ImageDetail) => void
}

/** Sets the box of a shot; it can be undone. False when it was not taken. */
export async function saveBox({ image, label, title, box, onImage }: Task): Promise<boolean> {
  const before = image.edits?.boxes?.[label]?.box ?? null
  const put = async (to: number[] | null) =>
    onImage(await editImage(image.id, { boxes: { [label]: to } }))
  const fail = (error: unknown) =>
    void notify('error', texts.actions.failed(title, errorText(error)))
  try {
    await put(box && listOf(box))
  } catch (error) {
    fail(error)
    return false
  }
  notify('success', box ? texts.correct.saved(title) : texts.correct.back(title), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, run: () => void put(before).catch(fail) },
  })
  return true
}
