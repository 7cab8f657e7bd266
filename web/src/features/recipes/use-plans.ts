import { useEffect, useRef } from 'react'
import type { Image, Plan } from '@/lib/api/types'
import { usePlansWith } from './api/plan-with'

export interface Planned {
  image: Image
  plan: Plan | null
  failed: boolean
}

/** The plan of each image. The previous plan is kept until the new one arrives. */
export function usePlans(images: readonly Image[], text: string | null) {
  const last = useRef(new Map<number, Plan>())
  const plans = usePlansWith(images, text)
  useEffect(() => {
    for (const [n, { id }] of images.entries()) {
      const plan = plans[n]?.data
      if (plan) last.current.set(id, plan)
    }
  })
  return {
    planning: plans.some(({ isLoading }) => isLoading),
    planned: images.map((image, n): Planned => {
      const failed = plans[n]?.isError ?? false
      return {
        image,
        plan: failed ? null : (plans[n]?.data ?? last.current.get(image.id) ?? null),
        failed,
      }
    }),
  }
}
