import { type KeyboardEvent, useEffect, useState } from 'react'
import { IconButton } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { errorText } from '@/lib/api/error'
import type { Image, ImageDetail } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import { copyLink } from './actions'
import { useImage } from './api/get-image'
import { Facts } from './Facts'
import styles from './ImageDialog.module.css'
import { nameOf } from './naming'
import { type Layer, layers } from './skeleton'
import { PhotoStage } from './PhotoStage'
import { ShotStage } from './ShotStage'
import { changeView, useView } from './view'
import { ViewStrip } from './ViewStrip'

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
        <Body
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

interface BodyProps {
  image: ImageDetail
  label: string
  shown: ReadonlySet<Layer>
  onShown: (shown: ReadonlySet<Layer>) => void
  onStep: (by: number) => void
}

function Body({ image, label, shown, onShown, onStep }: BodyProps) {
  const shot = image.shots.find((one) => one.label === label)
  const [picked, setPicked] = useState<number | null>(null)
  useEffect(() => setPicked(null), [image.id])
  const views = ['', ...image.shots.map((one) => one.label)]
  const show = (view: string | undefined) => view !== undefined && changeView({ shot: view }, true)

  const onKeyDown = (event: KeyboardEvent) => {
    const beside = (by: number) => show(views[views.indexOf(shot?.label ?? '') + by])
    const run = {
      ArrowLeft: () => beside(-1),
      ArrowRight: () => beside(1),
      ArrowUp: () => onStep(-1),
      ArrowDown: () => onStep(1),
      l: () => void copyLink(shot?.url ?? `?image=${image.id}`),
    }[event.key]
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    run()
  }

  return (
    // Keys are heard from whatever inside has the focus.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={styles['body']} onKeyDown={onKeyDown}>
      <div className={styles['main']}>
        {shot ? (
          <ShotStage key={shot.label} image={image} shot={shot} />
        ) : (
          <PhotoStage key={image.id} image={image} shown={shown} picked={picked} onPick={show} />
        )}
        <ViewStrip image={image} current={shot?.label ?? ''} onPick={show} />
      </div>
      <Facts
        image={image}
        shot={shot}
        shown={shown}
        onShown={onShown}
        picked={picked}
        onPick={setPicked}
      />
    </div>
  )
}
