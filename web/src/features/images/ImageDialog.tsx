import { useState } from 'react'
import { IconButton } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { errorText } from '@/lib/api/error'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import { useImage } from './api/get-image'
import styles from './ImageDialog.module.css'
import { ImageDialogBody } from './ImageDialogBody'
import { nameOf } from './naming'
import { type Layer, layers } from './skeleton'
import { changeView, useView } from './view'

interface Props {
  id: number
  /** The rows of the table: the way to the one before and after. */
  images: readonly Image[]
}

export function ImageDialog({ id, images }: Props) {
  const { shot: label } = useView()
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
          {errorText(error)}
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
