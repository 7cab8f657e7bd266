import { type FormEvent, useEffect, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { CroppedImage } from '@/components/ui/CroppedImage'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { sameBox } from '@/lib/box'
import { texts } from '@/lib/i18n'
import styles from './CropEditor.module.css'
import { CropFields } from './CropFields'
import { CropStage } from './CropStage'
import { otherBoxes } from './other-boxes'
import { saveBox } from './save-box'
import { useCropBox } from './use-crop-box'

interface Props {
  image: ImageDetail
  shot: Shot
  titleOf: (shot: Shot) => string
  /** Another shot is to be corrected. */
  onPick: (label: string) => void
  onDone: (saved: boolean) => void
  /** What the server answered. */
  onImage: (image: ImageDetail) => void
}

/** The crop of one shot, corrected by hand: photo and frame, and beside it what comes out. */
export function CropEditor({ image, shot, titleOf, onPick, onDone, onImage }: Props) {
  const { box, setBox, frame, start, planned } = useCropBox(image, shot)
  const [sending, setSending] = useState(false)
  const title = titleOf(shot)
  const src = image.original ?? image.thumbnail ?? ''
  // What is only proposed, as there is none yet, can be saved as it is.
  const dirty = !shot.box || !sameBox(box, start)
  const text = texts.correct
  useEscape(() => onDone(false))

  const save = async (event?: FormEvent) => {
    event?.preventDefault()
    if (sending) return
    if (!dirty) return onDone(false)
    setSending(true)
    const asPlanned = planned !== null && sameBox(box, planned)
    const task = { image, label: shot.label, title, box: asPlanned ? null : box, onImage }
    if (await saveBox(task)) onDone(true)
    else setSending(false)
  }

  return (
    <form className={styles['editor']} aria-label={text.title(title)} onSubmit={save}>
      <CropStage
        src={src}
        spare={image.thumbnail}
        frame={frame}
        title={title}
        box={box}
        onBox={setBox}
        others={dirty ? [] : otherBoxes(image, shot, titleOf)}
        onPick={onPick}
      />
      <div className={styles['panel']}>
        <h3 className={styles['title']}>{text.title(title)}</h3>
        <CroppedImage
          className={styles['preview']}
          src={src}
          spare={image.thumbnail}
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
          <Button onClick={() => onDone(false)}>{text.cancel}</Button>
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

/** Escape ends the correcting, not the dialog around it, wherever the focus is. */
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
