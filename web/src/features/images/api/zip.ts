import { apiUrl } from '@/lib/api/client'
import { errorFrom, networkError } from '@/lib/api/error'
import type { BulkTarget } from './bulk'
import type { FilterParams } from '@/lib/api/list-images'

/** Only processed images have shots. */
export const mayHaveShots = ({ status }: FilterParams) =>
  status === undefined || status === 'processed'

/** The form that asks for the shots of these images. It is never empty, which the server would refuse. */
export function zipFields(target: BulkTarget): Record<string, string> {
  if ('ids' in target) return { ids: target.ids.join(',') }
  const filter = Object.entries(target.filter).filter(([, value]) => value)
  return { except: [...(target.except ?? [])].join(','), ...Object.fromEntries(filter) }
}

/** Posts a form for a ZIP file with the shots of these images, which the browser saves as it arrives. An error
 * comes as a document instead: it is loaded into a hidden frame and passed to `onError`. */
export function downloadZip(target: BulkTarget, onError: (error: Error) => void) {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.name = `zip-${++lastFrame}`
  const form = document.createElement('form')
  form.hidden = true
  form.method = 'post'
  form.action = apiUrl('images.zip').href
  form.target = frame.name
  for (const [name, value] of Object.entries(zipFields(target))) {
    const input = document.createElement('input')
    input.type = 'hidden'
    input.name = name
    input.value = value
    form.append(input)
  }
  document.body.append(frame, form)
  // A file that is saved loads nothing. Its frame stays, since nothing tells when the answer has begun.
  frame.addEventListener('load', () => {
    const page = frame.contentDocument
    if (page?.URL === 'about:blank') return
    frame.remove()
    onError(zipError(page?.querySelector('pre')?.textContent ?? page?.body.textContent ?? ''))
  })
  form.submit()
  form.remove()
}

let lastFrame = 0

/** The error in a response of which only the text is known. What is not the API's comes from the browser or a
 * proxy: they could not reach the server. */
export function zipError(text: string): Error {
  const error = errorFrom(0, text, null)
  return error.code === 'http' ? networkError() : error
}
