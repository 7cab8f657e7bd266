import { texts } from '@/lib/i18n'

/** What went wrong with a call: the code of the API, or `network` when no answer came. */
export class ApiError extends Error {
  override name = 'ApiError'
  constructor(
    readonly code: string,
    readonly serverMessage: string,
    readonly hint: string,
    readonly status: number,
    readonly retryAfterMs: number | null,
    /** The whole answer, for calls whose errors carry more. */
    readonly answer: unknown = undefined,
  ) {
    super(serverMessage || code)
  }

  /** Worth sending again by itself: no answer, too busy, or too slow. */
  get passing(): boolean {
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

/** Builds the error out of an answer's status and text, whatever stands between us and the server. */
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
    // Not ours: a proxy's page, or cut off.
  }
  return new ApiError('http', texts.httpStatus(status), '', status, retryAfterMs)
}

/** One text per code; the page's own where it can say it better, else the server's. */
export function codeText(code: string, message = '', hint = ''): string {
  const own = (texts.errors as Record<string, string | undefined>)[code]
  return own ?? ([message, hint].filter(Boolean).join(' ') || code)
}

export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return texts.errors.network
  return codeText(error.code, error.serverMessage, error.hint)
}
