import { apiUrl, call } from '@/lib/api/client'

/** keepalive: it still goes out while the page is being closed. */
export const deleteImage = (id: number) =>
  call<undefined>(apiUrl(`images/${id}`), { method: 'DELETE', keepalive: true })
