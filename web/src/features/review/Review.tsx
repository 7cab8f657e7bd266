import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { choosePerson } from '@/lib/choose-person'
import { nameOf } from '@/lib/naming'
import { useView } from '@/lib/view'
import { errorText } from '@/lib/api/error'
import { useHotkeys, useUndoKey } from '@/lib/hotkeys'
import { useTexts } from '@/lib/i18n'
import { useServices } from '@/lib/services'
import type { DecisionSender } from './decision-sender'
import { CropDialog } from './CropDialog'
import { Rates } from './Rates'
import { ReasonDialog } from './ReasonDialog'
import styles from './Review.module.css'
import { ReviewActions } from './ReviewActions'
import { ReviewBar } from './ReviewBar'
import { ReviewEnd } from './ReviewEnd'
import { ReviewImage } from './ReviewImage'
import { useReview } from './use-review'

interface Props {
  sender: DecisionSender
  onHelp: () => void
}

/** Shows the images that need review, one after the other. */
export function Review({ sender, onHelp }: Props) {
  const { batch } = useView()
  // Another batch starts a new session.
  return <ReviewSession key={batch} batch={batch} sender={sender} onHelp={onHelp} />
}

function ReviewSession({ batch, sender, onHelp }: Props & { batch: string }) {
  const texts = useTexts()
  const services = useServices()
  const review = useReview(batch, sender)
  const { image, picked, queue } = review
  const [open, setOpen] = useState<'reason' | 'crop' | null>(null)
  const [rates, setRates] = useState(false)
  const [skeleton, setSkeleton] = useState(false)
  const main = useRef<HTMLElement>(null)

  const shots = useMemo(() => image?.shots ?? [], [image])
  const chosen = shots.find(({ label }) => label === picked)
  const toCrop =
    chosen ?? shots.find(({ state }) => state === 'review' || state === 'partial') ?? shots[0]
  const actions = {
    accept: () => review.decide('approved'),
    reject: () => image && setOpen('reason'),
    next: () => review.go(1),
    previous: () => review.go(-1),
    undo: review.undo,
    edit: () => image && toCrop && setOpen('crop'),
    who: () => {
      if (image && image.people.length > 1)
        void choosePerson(services, image, ((image.person ?? -1) + 1) % image.people.length)
    },
  }
  const run = useRef(actions)
  run.current = { ...actions }
  const pickAt = useRef<(at: number) => void>(() => undefined)
  pickAt.current = (at) => {
    const label = shots[at]?.label
    if (label ?? at < 0) review.pick(label ?? null)
  }
  useHotkeys(
    useMemo(
      () => ({
        a: () => run.current.accept(),
        r: () => run.current.reject(),
        n: () => run.current.next(),
        ArrowRight: () => run.current.next(),
        p: () => run.current.previous(),
        ArrowLeft: () => run.current.previous(),
        u: () => run.current.undo(),
        e: () => run.current.edit(),
        Escape: () => pickAt.current(-1),
        w: () => run.current.who(),
        s: () => setSkeleton((now) => !now),
        ...Object.fromEntries(
          Array.from({ length: 9 }, (_, at) => [String(at + 1), () => pickAt.current(at)]),
        ),
      }),
      [],
    ),
  )

  const opened = useRef(performance.now())
  // Edits that were made before are not taken back here: their images are not in sight.
  useUndoKey(() => {
    if (open) return false
    const edit = services.snackbars.lastUndo()
    const decided = review.lastDecisionAt()
    if (edit && edit.at > (decided ?? opened.current)) edit.run()
    else if (decided !== null) review.undo()
    else return false
    return true
  })

  const ended = review.ready && queue.at >= queue.ids.length
  // At the start, and at the end, when the focused button is disabled.
  useEffect(() => main.current?.focus({ preventScroll: true }), [ended])
  const failure = review.error ?? review.failure
  return (
    <main ref={main} tabIndex={-1} className={styles['review']} aria-label={texts.review.title}>
      <ReviewBar
        batch={batch}
        done={queue.decided.size}
        left={review.left}
        rates={rates}
        onRates={() => setRates(!rates)}
      />
      <p className="visually-hidden" role="status">
        {review.said}
      </p>
      <div className={styles['content']}>
        {ended ? (
          <ReviewEnd batch={batch} queue={queue} onReview={review.goTo} />
        ) : image ? (
          <ReviewImage image={image} picked={picked} skeleton={skeleton} onPick={review.pick} />
        ) : (
          <div className={styles['message']} role={failure ? 'alert' : 'status'}>
            <p>{failure ? errorText(failure, texts) : texts.table.loading}</p>
            {review.error && (
              <Button icon="retry" onClick={() => void review.refetch()}>
                {texts.table.again}
              </Button>
            )}
          </div>
        )}
        {rates && !ended && (
          <aside className={styles['side']}>
            <Rates batch={batch} />
          </aside>
        )}
      </div>
      <ReviewActions
        only={chosen}
        several={(image?.people.length ?? 0) > 1}
        atStart={queue.at === 0}
        ended={ended}
        actions={actions}
        onHelp={onHelp}
      />
      {open === 'reason' && image && (
        <ReasonDialog
          what={chosen ? chosen.title : nameOf(image)}
          onReason={(reason) => {
            setOpen(null)
            review.decide('rejected', reason)
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'crop' && image && toCrop && (
        <CropDialog image={image} label={toCrop.label} onClose={() => setOpen(null)} />
      )}
    </main>
  )
}
