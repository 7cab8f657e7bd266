import { apiUrl, call } from '@/lib/api/client'

/** With keepalive the request is sent even while the page is being closed. */
export const deleteImage = (id: number) =>
  call<undefined>(apiUrl(`images/${id}`), { method: 'DELETE', keepalive: true })
