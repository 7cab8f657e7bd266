/** How a decision changes an image before the server has answered, and how it is undone. Pure functions. */
import type { ImageDetail, Review, ReviewRequest, Shot, Verdict } from '@/lib/api/types'

const hasFile = ({ url }: Shot) => url !== undefined

/** The shots that need a decision: those with a file, or all of them if none has a file. */
const reviewable = (shots: readonly Shot[]): readonly Shot[] =>
  shots.some(hasFile) ? shots.filter(hasFile) : shots

/** Every shot that needs a decision has one. */
export const isDecided = ({ shots }: Pick<ImageDetail, 'shots'>) =>
  reviewable(shots).every(({ verdict }) => verdict !== undefined)

/** The first shot after this one that has no decision yet. */
export function nextUndecided({ shots }: ImageDetail, label: string): string | null {
  const at = shots.findIndex((shot) => shot.label === label)
  const round = [...shots.slice(at + 1), ...shots.slice(0, at + 1)]
  return reviewable(round).find(({ verdict }) => !verdict)?.label ?? null
}

/** The shots that a decision applies to when no shot was chosen: those without a decision yet, or all
 * (undefined) if all or none have one. */
export function impliedShots({ shots }: ImageDetail): string[] | undefined {
  const open = reviewable(shots).filter(({ verdict }) => !verdict)
  const all = reviewable(shots).length
  return open.length === 0 || open.length === all ? undefined : open.map(({ label }) => label)
}

function reviewOf(shots: readonly Shot[]): Review {
  const verdicts = reviewable(shots).map(({ verdict }) => verdict?.verdict)
  if (verdicts.includes('rejected')) return 'rejected'
  return verdicts.every((one) => one === 'approved') ? 'approved' : 'none'
}

/** The shots that a request applies to. */
const touched = (all: readonly Shot[], { shots }: ReviewRequest) =>
  reviewable(all).filter(({ label }) => !shots || shots.includes(label))

function marked(shot: Shot, { verdict, reason }: ReviewRequest, at: string): Shot {
  const { verdict: before, ...rest } = shot
  if (verdict === 'none') return rest
  const next: Verdict = { verdict, at, first: before?.first ?? verdict }
  return { ...rest, verdict: reason ? { ...next, reason } : next }
}

/** The image as it will be after the server has accepted the decision. */
export function withDecision(image: ImageDetail, request: ReviewRequest, at: string): ImageDetail {
  const targets = touched(image.shots, request)
  const shots = image.shots.map((shot) =>
    targets.includes(shot) ? marked(shot, request, at) : shot,
  )
  return { ...image, shots, review: reviewOf(shots) }
}

/** The requests that restore the earlier decisions on these shots. */
export function undoOf({ shots: before }: ImageDetail, request: ReviewRequest): ReviewRequest[] {
  const groups = new Map<
    string,
    { verdict: ReviewRequest['verdict']; reason?: string; shots: string[] }
  >()
  for (const { label, verdict } of touched(before, request)) {
    const key = JSON.stringify([verdict?.verdict, verdict?.reason])
    const group = groups.get(key) ?? {
      verdict: verdict?.verdict ?? 'none',
      ...(verdict?.reason ? { reason: verdict.reason } : {}),
      shots: [],
    }
    group.shots.push(label)
    groups.set(key, group)
  }
  return [...groups.values()]
}
