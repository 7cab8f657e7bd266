import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { imageKey, imageQuery } from '@/lib/api/get-image'
import { nameOf, titleOf } from '@/lib/naming'
import type { ImageDetail, ReviewRequest } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { changedImage } from '@/lib/image-change'
import { useServices } from '@/lib/services'
import { ratesKey } from './api/review-rates'
import { reportFailure } from './report-failure'
import { comeBack, current, decide, goTo, step, undecide, type Outcome } from './queue'
import type { DecisionSender } from './decision-sender'
import { useQueue } from './use-queue'
import { impliedShots, isDecided, nextUndecided, undoOf, withDecision } from './decisions'

interface Done {
  before: ImageDetail
  undo: ReviewRequest[]
  /** When, as of performance.now(). */
  at: number
}

/** One review session: the current image, the decisions, and undo. The page shows a decision immediately and
 * sends it in the background. */
export function useReview(batch: string, sender: DecisionSender) {
  const { ui, applyChange } = useServices()
  const texts = useTexts()
  const client = useQueryClient()
  const { queue, setQueue, ...list } = useQueue(batch)
  const id = current(queue)
  const detail = useQuery({ ...imageQuery(id ?? 0), enabled: id !== undefined })
  const image = id !== undefined && detail.data?.id === id ? detail.data : undefined
  const [picked, setPicked] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const done = useRef<Done[]>([])
  useEffect(() => setPicked(null), [id])

  const show = (next: ImageDetail) => client.setQueryData(imageKey(next.id), next)
  const finish = (answer: ImageDetail) => {
    if (sender.isIdle(answer.id)) {
      show(answer)
      applyChange(changedImage(answer))
    }
    void client.invalidateQueries({ queryKey: ratesKey })
  }
  const refetch = (of: number) => void client.invalidateQueries({ queryKey: imageKey(of) })

  const post = (before: ImageDetail, request: ReviewRequest, outcome: Outcome | null) => {
    sender.send(before.id, request).then(finish, (error: unknown) => {
      refetch(before.id)
      done.current = done.current.filter((one) => one.before !== before)
      setQueue((now) => comeBack(now, before.id))
      reportFailure(ui, nameOf(before), error, {
        look: () => setQueue((now) => goTo(now, before.id)),
        retry: () => {
          if (outcome) setQueue((now) => decide(now, before.id, outcome))
          post(before, request, outcome)
        },
      })
    })
  }

  const decideOn = (verdict: Outcome, reason?: string) => {
    if (!image) return
    const shots = picked ? [picked] : impliedShots(image)
    const request = { verdict, ...(reason ? { reason } : {}), ...(shots ? { shots } : {}) }
    const after = withDecision(image, request, new Date().toISOString())
    const whole = isDecided(after)
    const outcome = after.review === 'rejected' ? 'rejected' : verdict
    done.current.push({ before: image, undo: undoOf(image, request), at: performance.now() })
    show(after)
    if (whole) {
      const next = decide(queue, image.id, outcome)
      setQueue((now) => decide(now, image.id, outcome))
      setSaid(texts.review.said[verdict](list.left(next)))
    } else if (picked) {
      setPicked(nextUndecided(after, picked))
      const shot = image.shots.find(({ label }) => label === picked)
      if (shot)
        setSaid(texts.review.said.shot(titleOf(shot, texts), texts.review.decision[verdict]))
    }
    post(image, request, whole ? outcome : null)
  }

  const undo = () => {
    const last = done.current.pop()
    if (!last) return setSaid(texts.review.said.nothingToUndo)
    show(last.before)
    setQueue((now) => undecide(now, last.before.id))
    setSaid(texts.review.said.undone)
    for (const request of last.undo) post(last.before, request, null)
  }

  const go = (by: number) => setQueue((now) => step(now, by))
  return {
    ...list,
    queue,
    left: list.left(queue),
    image,
    failure: image ? null : detail.error,
    picked,
    pick: (label: string | null) => setPicked((now) => (now === label ? null : label)),
    said,
    decide: decideOn,
    undo,
    lastDecisionAt: () => done.current.at(-1)?.at ?? null,
    go,
    goTo: (at: number) => setQueue((now) => goTo(now, at)),
  }
}
