import type { QueryClient } from '@tanstack/react-query'
import { codeText, errorText } from '@/lib/api/error'
import { limitsQuery } from '@/lib/api/limits'
import type { BatchAnswer, Limits } from '@/lib/api/types'
import { withRetry } from '@/lib/backoff'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import type { Sendable } from './api/send-file'
import { FIRST_LINE, sendBatch } from './api/send-batch'
import { getBatchName, setBatchName } from './batch-name'
import { checkFile } from './check-file'
import { writeCsv } from './csv'
import { PersistedUploads } from './persisted/persisted-uploads'
import { isUrlList, readUrlList } from './url-list-file'
import { type BadUrl, columns, parseUrls, type UrlLine } from './parse-urls'
import { type Upload, UploadQueue } from './upload-queue'
import { openUrlDialog } from './url-dialog'

const BATCH_UNKNOWN = 1000
export const PICKER_ID = 'browse-files'

/** So many files are looked into at a time. */
const CHECKED_AT_ONCE = 50

export const uploads = new UploadQueue()
export const persisted = new PersistedUploads()

let failures: string[] = []

uploads.onState = (upload) => {
  persisted.follow(upload)
  if (upload.state === 'failed') collectFailure(upload)
  if (!uploads.someOpen()) window.removeEventListener('beforeunload', warn)
}

/** What is kept goes on by itself after a reload: only else something would be lost. */
function warn(event: BeforeUnloadEvent) {
  if (uploads.someOpen((id) => !persisted.isSafe(id))) event.preventDefault()
}

/** Failures close together make one snackbar. */
function collectFailure({ name, error }: Upload) {
  if (failures.length === 0) setTimeout(reportFailures, 600)
  failures.push(texts.upload.failedOne(name, error))
}

/** What was not sent when the page was closed or loaded anew goes on; what could not be kept is named. */
export async function resumeUploads() {
  try {
    const { count, lost } = await persisted.resume((files, paused) => uploads.add(files, paused))
    if (count > 0) notify('info', texts.upload.resumed(count))
    if (lost.length > 0)
      notify('error', texts.upload.lost(lost.length), {
        items: lost,
        lifeMs: null,
        action: {
          label: texts.upload.browse,
          run: () => document.getElementById(PICKER_ID)?.click(),
        },
      })
  } catch {
    // A browser that stores nothing, as in private windows: then nothing was kept.
  }
}

function reportFailures() {
  const items = failures
  failures = []
  const action = { label: texts.upload.retryAll, run: () => uploads.retryFailed() }
  if (items.length === 1 && items[0]) notify('error', items[0], { action })
  else notify('error', texts.upload.failedSome(items.length), { items, action })
}

/** The limits, but no longer than a moment: sending goes on without them, the server checks too. */
async function limitsSoon(client: QueryClient): Promise<Limits | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1500))
  return Promise.race([client.ensureQueryData(limitsQuery), late]).catch(() => undefined)
}

/** Checks files, sends the good ones, names the bad ones. A list of addresses opens as such: it may
 * want a name, and what is wrong in it can be seen before it goes out. */
export async function addFiles(client: QueryClient, all: readonly File[]) {
  const list = all.find(isUrlList)
  if (list) await openUrlList(list)
  const files = all.filter((file) => file !== list)
  if (files.length === 0) return
  const limits = await limitsSoon(client)
  const bad: string[] = []
  for (let from = 0; from < files.length; from += CHECKED_AT_ONCE)
    bad.push(...(await addChecked(files.slice(from, from + CHECKED_AT_ONCE), limits)))
  if (bad.length > 0) notify('error', texts.upload.skipped(bad.length), { items: bad })
}

/** Answers what was left out, and why. */
async function addChecked(files: readonly File[], limits: Limits | undefined): Promise<string[]> {
  const checked = await Promise.all(
    files.map(async (file) => ({ file, verdict: await checkFile(file, limits) })),
  )
  const bad: string[] = []
  const good: Sendable[] = []
  for (const { file, verdict } of checked)
    if (verdict.ok)
      good.push({ file, name: file.name, format: verdict.format, batch: getBatchName() })
    else bad.push(`${file.name} ${verdict.why}`)
  if (good.length > 0) window.addEventListener('beforeunload', warn)
  persisted.add(uploads.add(good), good)
  return bad
}

async function openUrlList(file: File) {
  const text = await readUrlList(file)
  if (text === null) {
    notify('error', texts.upload.skipped(1), {
      items: [`${file.name} ${texts.upload.reason.listTooLarge}`],
    })
    return
  }
  if (getBatchName() === '') setBatchName(file.name.replace(/\.[^.]*$/, ''))
  openUrlDialog(text)
}

function refusedBy(answer: BatchAnswer, sent: readonly UrlLine[]): BadUrl[] {
  return answer.rejected.map(({ url, line, code, message }) => {
    const own = sent[line - FIRST_LINE]
    return { ...own, line: own?.line ?? line, url, why: `– ${codeText(code, message)}` }
  })
}

async function sendUrls(good: readonly UrlLine[], atOnce: number) {
  const refused: BadUrl[] = []
  const batch = getBatchName()
  let taken = 0
  for (let from = 0; from < good.length; from += atOnce) {
    const part = good.slice(from, from + atOnce)
    const answer = await withRetry(() => sendBatch(part, batch))
    taken += answer.images.length
    refused.push(...refusedBy(answer, part))
  }
  return { taken, refused }
}

/** Checks addresses, sends the good ones, names the bad ones with their lines. */
export async function addUrls(client: QueryClient, text: string) {
  const { good, bad, csv } = parseUrls(text)
  try {
    const limits = await limitsSoon(client)
    const { taken, refused } = await sendUrls(good, limits?.maxBatch ?? BATCH_UNKNOWN)
    if (taken > 0) notify('success', texts.urls.accepted(taken))
    bad.push(...refused)
  } catch (error) {
    const action = { label: texts.urls.fix, run: () => openUrlDialog(text) }
    notify('error', errorText(error), { action })
    return
  }
  if (bad.length === 0) return
  bad.sort((a, b) => a.line - b.line)
  notify('error', texts.urls.skipped(bad.length), {
    items: bad.map(({ line, url, why }) => texts.urls.line(line, url, why)),
    action: { label: texts.urls.fix, run: () => openUrlDialog(toFix(bad, csv)) },
  })
}

/** What was left out, in the form in which it came. */
const toFix = (bad: readonly BadUrl[], csv: boolean) =>
  csv
    ? writeCsv([columns, ...bad.map(({ url, sku = '', label = '' }) => [url, sku, label])])
    : bad.map(({ url }) => url).join('\n')
