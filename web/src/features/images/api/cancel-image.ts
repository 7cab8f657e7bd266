import { apiUrl, call } from '@/lib/api/client'
import type { Image } from '@/lib/api/types'

export const cancelImage = (id: number) =>
  call<Image>(apiUrl(`images/${id}/cancel`), { method: 'POST' })
