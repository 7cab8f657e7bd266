import { apiUrl, call } from '@/lib/api/client'
import type { Image } from '@/lib/api/types'

export const retryImage = (id: number) =>
  call<Image>(apiUrl(`images/${id}/retry`), { method: 'POST' })
