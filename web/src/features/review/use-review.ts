import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { applyChange, imageKey, imageQuery, nameOf, titleOf } from '@/features/images'
import type { ImageDetail, ReviewRequest } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import { ratesKey } from './api/review-rates'
import { reportFailure } from './report-failure'
import { comeBack, current, decide, goTo, step, undecide, type Outcome } from './queue'
import { isSettled, sendVerdict } from './decision-sender'
import { useQueue } from './use-queue'
import { isDecided, meant, nextUndecided, undoOf, withDecision } from './decisions'

interface Done {
  before: ImageDetail
  back: ReviewRequest[]
}

/** One sitting: what is looked at, the verdicts, the way back. A verdict is sent behind what is shown. */
export function useReview(batch: string) {
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
  const settle = (answer: ImageDetail) => {
    if (isSettled(answer.id)) {
      show(answer)
      applyChange({ images: [answer], removed: [] })
    }
    void client.invalidateQueries({ queryKey: ratesKey })
  }
  const again = (of: number) => void client.invalidateQueries({ queryKey: imageKey(of) })

  const post = (before: ImageDetail, request: ReviewRequest, outcome: Outcome | null) => {
    sendVerdict(before.id, request).then(settle, (error: unknown) => {
      again(before.id)
      done.current = done.current.filter((one) => one.before !== before)
      setQueue((now) => comeBack(now, before.id))
      reportFailure(nameOf(before), error, {
        look: () => setQueue((now) => goTo(now, before.id)),
        retry: () => {
          if (outcome) setQueue((now) => decide(now, before.id, outcome))
          post(before, request, outcome)
        },
      })
    })
  }

  const judge = (verdict: Outcome, reason?: string) => {
    if (!image) return
    const shots = picked ? [picked] : meant(image)
    const request = { verdict, ...(reason ? { reason } : {}), ...(shots ? { shots } : {}) }
    const after = withDecision(image, request, new Date().toISOString())
    const whole = isDecided(after)
    const outcome = after.review === 'rejected' ? 'rejected' : verdict
    done.current.push({ before: image, back: undoOf(image, request) })
    show(after)
    if (whole) {
      const next = decide(queue, image.id, outcome)
      setQueue((now) => decide(now, image.id, outcome))
      setSaid(texts.review.said[verdict](list.left(next)))
    } else if (picked) {
      setPicked(nextUndecided(after, picked))
      const shot = image.shots.find(({ label }) => label === picked)
      if (shot) setSaid(texts.review.said.shot(titleOf(shot), texts.review.decision[verdict]))
    }
    post(image, request, whole ? outcome : null)
  }

  const undo = () => {
    const last = done.current.pop()
    if (!last) return setSaid(texts.review.said.nothingToUndo)
    show(last.before)
    setQueue((now) => undecide(now, last.before.id))
    setSaid(texts.review.said.undone)
    for (const request of last.back) post(last.before, request, null)
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
    judge,
    undo,
    go,
    look: (at: number) => setQueue((now) => goTo(now, at)),
  }
}

export type Reviewing = ReturnType<typeof useReview>
