import { errorFrom, networkError } from './error'

/** URLs are relative to the page, so that it also works below a path prefix of a proxy. */
export function apiUrl(path: string, query: Record<string, string | number | undefined> = {}) {
  const url = new URL(path, document.baseURI)
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') url.searchParams.set(key, String(value))
  return url
}

/** Makes a request and parses its JSON response. Throws ApiError; an abort throws its own error. */
export async function call<T>(url: URL, init: RequestInit = {}): Promise<T> {
  let response: Response
  try {
    response = await fetch(url, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw networkError()
  }
  const body = await response.text().catch(() => '')
  if (!response.ok) throw errorFrom(response.status, body, response.headers.get('Retry-After'))
  return (body === '' ? undefined : JSON.parse(body)) as T
}
