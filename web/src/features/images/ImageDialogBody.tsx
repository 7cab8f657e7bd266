import { type KeyboardEvent, lazy, Suspense, useEffect, useState } from 'react'
import { usePlan } from '@/lib/api/plan-image'
import type { ImageDetail } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import { copyLink } from './image-actions'
import { Facts } from './Facts'
import styles from './ImageDialog.module.css'
import { applyChange } from './live/feed'
import { titleOf } from './naming'
import { PhotoStage } from './PhotoStage'
import { ShotStage } from './ShotStage'
import type { Layer } from './skeleton'
import { changeView } from './view'
import { ViewStrip } from './ViewStrip'

const CropEditor = lazy(async () => ({
  default: (await import('@/features/correct')).CropEditor,
}))

interface Props {
  image: ImageDetail
  /** Of the shot that is shown; '' is the photo. */
  label: string
  shown: ReadonlySet<Layer>
  onShown: (shown: ReadonlySet<Layer>) => void
  onStep: (by: number) => void
}

const show = (view: string | undefined) => view !== undefined && changeView({ shot: view }, true)

export function ImageDialogBody({ image, label, shown, onShown, onStep }: Props) {
  const shot = image.shots.find((one) => one.label === label)
  const [picked, setPicked] = useState<number | null>(null)
  const [editing, setEditing] = useState(false)
  useEffect(() => {
    setPicked(null)
    setEditing(false)
  }, [image.id])
  const other = picked !== null && picked !== image.person && image.status === 'processed'
  const plan = usePlan(image, { person: picked }, other)
  const views = ['', ...image.shots.map((one) => one.label)]

  const onKeyDown = (event: KeyboardEvent) => {
    const beside = (by: number) => show(views[views.indexOf(shot?.label ?? '') + by])
    const run = {
      ArrowLeft: () => beside(-1),
      ArrowRight: () => beside(1),
      ArrowUp: () => onStep(-1),
      ArrowDown: () => onStep(1),
      e: () => shot && setEditing(true),
      l: () => void copyLink(shot?.url ?? `?image=${image.id}`),
    }[event.key]
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    run()
  }

  if (editing && shot)
    return (
      <Suspense fallback={<p className={styles['error']}>{texts.table.loading}</p>}>
        <CropEditor
          key={shot.label}
          image={image}
          shot={shot}
          titleOf={titleOf}
          onPick={show}
          onDone={() => setEditing(false)}
          onImage={(answer) => applyChange({ images: [answer], removed: [] })}
        />
      </Suspense>
    )

  return (
    // Keys are heard from whatever inside has the focus.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={styles['body']} onKeyDown={onKeyDown}>
      <div className={styles['main']}>
        {shot ? (
          <ShotStage key={shot.label} image={image} shot={shot} />
        ) : (
          <PhotoStage
            key={image.id}
            image={image}
            shots={other ? (plan.data?.shots ?? []) : image.shots}
            shown={shown}
            picked={picked}
            onPick={show}
            onPerson={setPicked}
          />
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
        plan={other ? plan : null}
        onEdit={() => setEditing(true)}
      />
    </div>
  )
}
