import type { Texts } from '@/lib/i18n'

/** Why a call failed: the error code of the API, `network` when no response arrived, or `http` when the
 * response was not the API's, for example a proxy's error page. */
export class ApiError extends Error {
  override name = 'ApiError'
  constructor(
    readonly code: string,
    readonly serverMessage: string,
    readonly hint: string,
    readonly status: number,
    readonly retryAfterMs: number | null,
    /** The whole response body, for calls whose errors carry more. */
    readonly answer: unknown = undefined,
  ) {
    super(serverMessage || code)
  }

  /** Worth retrying without asking the user: no response, too busy, or too slow. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status === 503
  }
}

export function networkError(): ApiError {
  return new ApiError('network', '', '', 0, null)
}

/** Retry-After in seconds or as a date; null where there is none. */
export function parseRetryAfter(value: string | null, now = Date.now()): number | null {
  if (value === null || value.trim() === '') return null
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/** Makes an error of any response, whether it comes from the server or from a proxy in between. */
export function errorFrom(status: number, body: string, retryAfter: string | null): ApiError {
  const retryAfterMs = parseRetryAfter(retryAfter)
  try {
    const answer = JSON.parse(body) as { error?: Partial<Record<string, string>> }
    const error = answer.error
    if (typeof error?.['code'] === 'string')
      return new ApiError(
        error['code'],
        error['message'] ?? '',
        error['hint'] ?? '',
        status,
        retryAfterMs,
        answer,
      )
  } catch {
    // Not JSON: a proxy's page, or an incomplete response.
  }
  return new ApiError('http', '', '', status, retryAfterMs)
}

/** One text per code: the page's own where it has a better one, or else the server's. */
export function codeText(texts: Texts, code: string, message = '', hint = ''): string {
  const own = (texts.errors as Record<string, string | undefined>)[code]
  return own ?? ([message, hint].filter(Boolean).join(' ') || code)
}

export function errorText(error: unknown, texts: Texts): string {
  if (!(error instanceof ApiError)) return texts.errors.network
  if (error.code === 'http') return texts.httpStatus(error.status)
  return codeText(texts, error.code, error.serverMessage, error.hint)
}
