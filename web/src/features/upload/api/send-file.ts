import { apiUrl } from '@/lib/api/client'
import { errorFrom, networkError } from '@/lib/api/error'
import type { ProcessAnswer } from '@/lib/api/types'

export interface Sent extends ProcessAnswer {
  /** The server already had this file. */
  existing: boolean
}

export interface Sendable {
  file: Blob
  name: string
  format: string
  /** The batch; '' is none. */
  batch: string
  /** One of many files: single ones of other people are processed first. */
  bulk?: boolean
}

/** Sends an image as a raw body. It uses XMLHttpRequest, because fetch has no upload progress. */
export function sendFile(
  { file, name, format, batch, bulk }: Sendable,
  onProgress: (loaded: number) => void,
  signal: AbortSignal,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open(
      'POST',
      apiUrl('process', { name: name.slice(-255), batch, priority: bulk ? 'low' : '' }),
    )
    xhr.setRequestHeader('Content-Type', `image/${format}`)
    xhr.upload.onprogress = (event) => onProgress(event.loaded)
    xhr.onload = () => {
      if (xhr.status < 200 || xhr.status > 299)
        reject(errorFrom(xhr.status, xhr.responseText, xhr.getResponseHeader('Retry-After')))
      else
        try {
          resolve({
            ...(JSON.parse(xhr.responseText) as ProcessAnswer),
            existing: xhr.status === 200,
          })
        } catch {
          reject(errorFrom(xhr.status, '', null))
        }
    }
    xhr.onerror = () => reject(networkError())
    xhr.onabort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', () => xhr.abort(), { once: true })
    xhr.send(file)
  })
}
