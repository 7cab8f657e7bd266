import { apiUrl, call } from './client'

/** Sends JSON. */
export const sendJson = <T>(
  method: 'POST' | 'PUT',
  path: string,
  body: object,
  signal?: AbortSignal,
) =>
  call<T>(apiUrl(path), {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })
