import { useState } from 'react'
import { IconButton } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { errorText } from '@/lib/api/error'
import type { Image } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { useImage } from '@/lib/api/get-image'
import styles from './ImageDialog.module.css'
import { ImageDialogBody } from './ImageDialogBody'
import { nameOf } from '@/lib/naming'
import { type Layer, layers } from '@/lib/skeleton'
import { useChangeView, useView } from '@/lib/view'

interface Props {
  id: number
  /** The neighbouring rows of the table, for going to the previous and next image. */
  images: readonly Image[]
}

export function ImageDialog({ id, images }: Props) {
  const texts = useTexts()
  const { shot: label } = useView()
  const changeView = useChangeView()
  const { data, error } = useImage(id)
  const [shown, setShown] = useState<ReadonlySet<Layer>>(new Set(layers))
  const at = images.findIndex((image) => image.id === id)
  const step = (by: number) => images[at + by]?.id
  const close = () => changeView({ image: null, shot: '' })
  const open = (to: number | undefined) => to !== undefined && changeView({ image: to }, true)

  return (
    <Dialog
      wide
      title={data ? nameOf(data) : `#${id}`}
      onClose={close}
      tools={
        at >= 0 && (
          <>
            <IconButton
              icon="up"
              label={texts.detail.previous}
              disabled={step(-1) === undefined}
              onClick={() => open(step(-1))}
            />
            <IconButton
              icon="down"
              label={texts.detail.next}
              disabled={step(1) === undefined}
              onClick={() => open(step(1))}
            />
          </>
        )
      }
    >
      {error && !data && (
        <p className={styles['error']} role="alert">
          {errorText(error, texts)}
        </p>
      )}
      {data && (
        <ImageDialogBody
          image={data}
          label={label}
          shown={shown}
          onShown={setShown}
          onStep={(by) => open(step(by))}
        />
      )}
    </Dialog>
  )
}
