/** What a verdict makes of an image, before the server has answered, and how it is taken back: pure. */
import type { ImageDetail, Review, ReviewRequest, Shot, Verdict } from '@/lib/api/types'

const hasFile = ({ url }: Shot) => url !== undefined

/** The shots that a person is asked about: those that have a file; of a picture without any, each. */
const asked = (shots: readonly Shot[]): readonly Shot[] =>
  shots.some(hasFile) ? shots.filter(hasFile) : shots

/** Every shot that is asked about has a verdict. */
export const isDecided = ({ shots }: Pick<ImageDetail, 'shots'>) =>
  asked(shots).every(({ verdict }) => verdict !== undefined)

/** The first shot after this one that waits for a verdict. */
export function nextUndecided({ shots }: ImageDetail, label: string): string | null {
  const at = shots.findIndex((shot) => shot.label === label)
  const round = [...shots.slice(at + 1), ...shots.slice(0, at + 1)]
  return asked(round).find(({ verdict }) => !verdict)?.label ?? null
}

/** Which shots a verdict without a chosen one means: those that have none yet; all (undefined) when all
 * or none have one. */
export function meant({ shots }: ImageDetail): string[] | undefined {
  const open = asked(shots).filter(({ verdict }) => !verdict)
  const all = asked(shots).length
  return open.length === 0 || open.length === all ? undefined : open.map(({ label }) => label)
}

function reviewOf(shots: readonly Shot[]): Review {
  const verdicts = asked(shots).map(({ verdict }) => verdict?.verdict)
  if (verdicts.includes('rejected')) return 'rejected'
  return verdicts.every((one) => one === 'approved') ? 'approved' : 'none'
}

/** Which of these a request is about. */
const touched = (all: readonly Shot[], { shots }: ReviewRequest) =>
  asked(all).filter(({ label }) => !shots || shots.includes(label))

function marked(shot: Shot, { verdict, reason }: ReviewRequest, at: string): Shot {
  const { verdict: before, ...rest } = shot
  if (verdict === 'none') return rest
  const next: Verdict = { verdict, at, first: before?.first ?? verdict }
  return { ...rest, verdict: reason ? { ...next, reason } : next }
}

/** The image as it will be when the server has taken the verdict. */
export function withDecision(image: ImageDetail, request: ReviewRequest, at: string): ImageDetail {
  const meantTo = touched(image.shots, request)
  const shots = image.shots.map((shot) =>
    meantTo.includes(shot) ? marked(shot, request, at) : shot,
  )
  return { ...image, shots, review: reviewOf(shots) }
}

/** The calls that bring the verdicts back that these shots had. */
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
