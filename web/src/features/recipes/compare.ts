import type { Image, Plan, Shot } from '@/lib/api/types'

export type Kind = 'new' | 'gone' | 'changed' | 'same'

export interface Pair {
  label: string
  title: string
  kind: Kind
  now: Shot | null
  then: Shot | null
}

const shown = (shot: Shot | undefined) => (shot && shot.state !== 'absent' ? shot : null)

/** Another recipe is a change even if the box is the same: the quality or the format may differ. */
const alike = (a: Shot, b: Shot) =>
  a.recipe === b.recipe &&
  a.state === b.state &&
  a.width === b.width &&
  a.height === b.height &&
  String(a.box) === String(b.box)

function kindOf(now: Shot | null, then: Shot | null): Kind {
  if (!now) return then ? 'new' : 'same'
  if (!then) return 'gone'
  return alike(now, then) ? 'same' : 'changed'
}

/** Pairs each current shot with the planned one, in the order of the recipes; removed shots come last. */
export function compare(image: Pick<Image, 'shots'>, plan: Pick<Plan, 'shots'>): Pair[] {
  const labels = [...plan.shots, ...image.shots].map(({ label }) => label)
  return [...new Set(labels)].map((label) => {
    const now = image.shots.find((one) => one.label === label)
    const then = plan.shots.find((one) => one.label === label)
    const kind = kindOf(shown(now), shown(then))
    return {
      label,
      title: (then ?? now)?.title ?? label,
      kind,
      now: now ?? null,
      then: then ?? null,
    }
  })
}

export const changes = (pairs: readonly Pair[]) => pairs.some(({ kind }) => kind !== 'same')
