import { type KeyboardEvent, lazy, Suspense, useEffect, useState } from 'react'
import { usePlan } from '@/lib/api/plan-image'
import type { ImageDetail } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { useImagesServices } from '@/features/images/services'
import { Facts } from './Facts'
import styles from './ImageDialog.module.css'
import { PhotoStage } from './PhotoStage'
import { ShotStage } from './ShotStage'
import type { Layer } from '@/lib/skeleton'
import { useChangeView } from '@/lib/view'
import { ViewStrip } from './ViewStrip'

const CropEditor = lazy(async () => ({
  default: (await import('@/components/crop-editor')).CropEditor,
}))

interface Props {
  image: ImageDetail
  /** The label of the shot that is shown; '' is the photo. */
  label: string
  shown: ReadonlySet<Layer>
  onShown: (shown: ReadonlySet<Layer>) => void
  onStep: (by: number) => void
}

export function ImageDialogBody({ image, label, shown, onShown, onStep }: Props) {
  const texts = useTexts()
  const shot = image.shots.find((one) => one.label === label)
  const { actions } = useImagesServices()
  const changeView = useChangeView()
  const show = (view: string | undefined) => view !== undefined && changeView({ shot: view }, true)
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
      l: () => void actions.copyLink(shot?.url ?? `?image=${image.id}`),
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
          onPick={show}
          onDone={() => setEditing(false)}
        />
      </Suspense>
    )

  return (
    // The keys work wherever inside it the focus is.
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
