import { type FormEvent, useEffect, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { CroppedImage } from '@/components/ui/CroppedImage'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { sameBox } from '@/lib/box'
import { useUndoKey } from '@/lib/hotkeys'
import { useTexts } from '@/lib/i18n'
import { titleOf } from '@/lib/naming'
import { useServices } from '@/lib/services'
import styles from './CropEditor.module.css'
import { CropFields } from './CropFields'
import { CropStage } from './CropStage'
import { otherBoxes } from './other-boxes'
import { saveBox } from './save-box'
import { useCropBox } from './use-crop-box'

interface Props {
  image: ImageDetail
  shot: Shot
  /** Another shot should be edited. */
  onPick: (label: string) => void
  onDone: () => void
}

/** Edits the crop of one shot: the photo with a frame to drag, and a preview beside it. */
export function CropEditor({ image, shot, onPick, onDone }: Props) {
  const services = useServices()
  const texts = useTexts()
  const { box, setBox, undo, frame, start, planned } = useCropBox(image, shot)
  const [sending, setSending] = useState(false)
  const title = titleOf(shot, texts)
  const src = image.original ?? image.thumbnail ?? ''
  // A shot without a box yet is offered one, which can be saved unchanged.
  const dirty = !shot.box || !sameBox(box, start)
  const text = texts.correct
  useEscape(() => onDone())
  // Also without a step: what was done before the editor was opened stays.
  useUndoKey(
    () => {
      undo()
      return true
    },
    { inner: true },
  )

  const save = async (event?: FormEvent) => {
    event?.preventDefault()
    if (sending) return
    if (!dirty) return onDone()
    setSending(true)
    const asPlanned = planned !== null && sameBox(box, planned)
    if (await saveBox(services, { image, shot, box: asPlanned ? null : box })) onDone()
    else setSending(false)
  }

  return (
    <form className={styles['editor']} aria-label={text.title(title)} onSubmit={save}>
      <CropStage
        src={src}
        fallback={image.thumbnail}
        frame={frame}
        title={title}
        box={box}
        onBox={setBox}
        others={dirty ? [] : otherBoxes(image, shot, texts)}
        onPick={onPick}
      />
      <div className={styles['panel']}>
        <h3 className={styles['title']}>{text.title(title)}</h3>
        <CroppedImage
          className={styles['preview']}
          src={src}
          fallback={image.thumbnail}
          photo={frame.photo}
          box={box}
          alt={text.preview(title)}
          maxRem={18}
        />
        <CropFields box={box} frame={frame} onBox={setBox} />
        <p className={styles['keys']}>{text.keys}</p>
        <div className={styles['buttons']}>
          <Button look="primary" type="submit" disabled={sending || !dirty}>
            {text.save}
          </Button>
          <Button onClick={() => onDone()}>{text.cancel}</Button>
          {planned && (
            <Button
              look="quiet"
              icon="retry"
              disabled={sameBox(box, planned)}
              onClick={() => setBox(planned)}
            >
              {text.reset}
            </Button>
          )}
        </div>
      </div>
    </form>
  )
}

/** Escape closes the editor, not the dialog around it, wherever the focus is. */
function useEscape(run: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      event.preventDefault()
      event.stopPropagation()
      run()
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  })
}
