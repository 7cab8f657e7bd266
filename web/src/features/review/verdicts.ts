/** What a verdict makes of an image, before the server has answered, and how it is taken back: pure. */
import type { ImageDetail, Review, ReviewRequest, Shot, Verdict } from '@/lib/api/types'

export const hasFile = ({ url }: Shot) => url !== undefined

/** Every shot that has a file has a verdict. */
export const isDecided = ({ shots }: Pick<ImageDetail, 'shots'>) =>
  shots.every((shot) => !hasFile(shot) || shot.verdict !== undefined)

/** The first shot after this one that waits for a verdict. */
export function nextUndecided({ shots }: ImageDetail, label: string): string | null {
  const at = shots.findIndex((shot) => shot.label === label)
  const round = [...shots.slice(at + 1), ...shots.slice(0, at + 1)]
  return round.find((shot) => hasFile(shot) && !shot.verdict)?.label ?? null
}

/** Which shots a verdict without a chosen one means: those that have none yet; all (undefined) when all
 * or none have one. */
export function meant({ shots }: ImageDetail): string[] | undefined {
  const open = shots.filter((shot) => hasFile(shot) && !shot.verdict)
  const all = shots.filter(hasFile).length
  return open.length === 0 || open.length === all ? undefined : open.map(({ label }) => label)
}

function reviewOf(shots: readonly Shot[]): Review {
  const verdicts = shots.filter(hasFile).map(({ verdict }) => verdict?.verdict)
  if (verdicts.includes('rejected')) return 'rejected'
  return verdicts.every((one) => one === 'approved') ? 'approved' : 'none'
}

function marked(shot: Shot, { verdict, reason, shots }: ReviewRequest, at: string): Shot {
  if (!hasFile(shot) || (shots && !shots.includes(shot.label))) return shot
  const { verdict: before, ...rest } = shot
  if (verdict === 'none') return rest
  const next: Verdict = { verdict, at, first: before?.first ?? verdict }
  return { ...rest, verdict: reason ? { ...next, reason } : next }
}

/** The image as it will be when the server has taken the verdict. */
export function withVerdict(image: ImageDetail, request: ReviewRequest, at: string): ImageDetail {
  const shots = image.shots.map((shot) => marked(shot, request, at))
  return { ...image, shots, review: reviewOf(shots) }
}

/** The calls that bring the verdicts back that these shots had. */
export function undoOf({ shots: before }: ImageDetail, { shots }: ReviewRequest): ReviewRequest[] {
  const touched = before.filter((shot) => hasFile(shot) && (!shots || shots.includes(shot.label)))
  const groups = new Map<
    string,
    { verdict: ReviewRequest['verdict']; reason?: string; shots: string[] }
  >()
  for (const { label, verdict } of touched) {
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
