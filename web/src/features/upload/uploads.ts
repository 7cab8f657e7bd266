import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { codeText, errorText } from '@/lib/api/error'
import { limitsQuery } from '@/lib/api/limits'
import type { BatchAnswer, Limits } from '@/lib/api/types'
import { withRetry } from '@/lib/backoff'
import { createStore } from '@/lib/store'
import type { Ui } from '@/lib/ui'
import { FIRST_LINE, sendBatch } from './api/send-batch'
import type { Sendable } from './api/send-file'
import { checkFile } from './check-file'
import { writeCsv } from './csv'
import { type BadUrl, columns, parseUrls, type UrlLine } from './parse-urls'
import { type Found, PersistedUploads } from './persisted/persisted-uploads'
import { type Upload, UploadQueue } from './upload-queue'
import { isUrlList, readUrlList } from './url-list-file'

/** The API's limit. */
export const BATCH_MAX_LENGTH = 128
export const PICKER_ID = 'browse-files'

/** URLs per call while the server's limits are unknown. */
const DEFAULT_BATCH_SIZE = 1000
/** Files whose first bytes are read at the same time. */
const FILES_AT_ONCE = 50
/** More files than this, added at once, are sent in bulk: see Sendable. */
const FEW_FILES = 10
/** Failures within this time are reported together. */
const FAILURES_MS = 600
/** After this time files are sent without knowing the limits, because the server checks them too. */
const LIMITS_MS = 1500

/** A file and its key among the persisted ones. */
type Added = Pick<Sendable, 'file' | 'name' | 'batch'> & { key: string }

/** Takes the files and URLs that the user adds, checks them, and sends the valid ones. */
export class Uploads {
  readonly queue = new UploadQueue()
  /** The batch of everything that is added from now on; '' is none. */
  readonly batchName = createStore('')
  /** The text that the dialog for URLs opens with; null: it is closed. */
  readonly urlDialog = createStore<string | null>(null)
  private readonly persisted = new PersistedUploads()
  private failures: string[] = []

  constructor(
    private readonly client: QueryClient,
    private readonly ui: Ui,
  ) {
    this.queue.onState = (upload) => {
      this.persisted.follow(upload)
      if (upload.state === 'failed') this.collectFailure(upload)
      if (!this.queue.someOpen() && !this.persisted.wouldLose(() => false))
        window.removeEventListener('beforeunload', this.warnBeforeUnload)
    }
  }

  readonly openUrlDialog = (text = '') => this.urlDialog.set(text)
  readonly closeUrlDialog = () => this.urlDialog.set(null)

  setBatchName(name: string) {
    this.batchName.set(name.slice(0, BATCH_MAX_LENGTH))
  }

  /** Continues uploads that were interrupted when a page was closed or reloaded, and names the files that
   * could not be kept. */
  async resume() {
    try {
      await this.persisted.resume((found) => void this.continueUploads(found))
    } catch {
      // The browser stores nothing, for example in a private window. Then nothing was kept.
    }
  }

  /** Checks files, sends the valid ones and names the others. A list of URLs opens in the dialog, so that the
   * user can name the batch and see what is wrong before it is sent. */
  async addFiles(all: readonly File[]) {
    const list = all.find(isUrlList)
    const files = all.filter((file) => file !== list)
    const batch = this.batchName.get().trim()
    // Before anything that takes time, so that a reload loses none of them.
    const keys = this.persisted.add(files, batch)
    window.addEventListener('beforeunload', this.warnBeforeUnload)
    if (list) await this.openUrlList(list)
    // Sending keeps the browser so busy that copies made meanwhile take many times as long.
    await this.persisted.firstCopies()
    await this.checkAndSend(
      files.map((file, at) => ({ file, name: file.name, batch, key: keys[at] ?? '' })),
    )
  }

  /** Checks URLs, sends the valid ones and names the others with their line numbers. */
  async addUrls(text: string) {
    const { texts } = this.ui
    const { good, bad, column } = parseUrls(text, texts.urls.reason)
    const fix = (what: string) => ({
      action: { label: texts.urls.fix, run: () => this.openUrlDialog(what) },
    })
    try {
      const limits = await this.limits()
      const { accepted, rejected } = await this.sendUrls(good, limits?.maxBatch)
      if (accepted > 0) this.ui.notify('success', texts.urls.accepted(accepted))
      bad.push(...rejected)
    } catch (error) {
      this.ui.notify('error', errorText(error, texts), fix(text))
      return
    }
    if (bad.length === 0) return
    bad.sort((a, b) => a.line - b.line)
    this.ui.notify('error', texts.urls.skipped(bad.length), {
      items: bad.map(({ line, url, why }) => texts.urls.line(line, url, why)),
      ...fix(asWritten(bad, column !== null)),
    })
  }

  private async continueUploads({ files, lost }: Found) {
    const text = this.ui.texts.upload
    if (files.length > 0) this.ui.notify('info', text.resumed(files.length))
    if (lost.length > 0)
      this.ui.notify('error', text.lost(lost.length), {
        items: lost,
        lifeMs: null,
        action: { label: text.browse, run: () => document.getElementById(PICKER_ID)?.click() },
      })
    const bulk = files.length > FEW_FILES
    for (const paused of [false, true])
      this.send(
        files
          .filter((one) => one.format !== '' && one.paused === paused)
          .map((one) => ({ ...one, key: one.id, bulk })),
        paused,
      )
    const unchecked = files.filter(({ format }) => format === '')
    await this.checkAndSend(unchecked.map((one) => ({ ...one, key: one.id })))
  }

  /** Uploads that are persisted resume after a reload, so only the others would be lost. */
  private readonly warnBeforeUnload = (event: BeforeUnloadEvent) => {
    const open = this.queue.openIds()
    if (this.persisted.wouldLose((id) => open.has(id))) event.preventDefault()
  }

  private collectFailure({ name, error }: Upload) {
    const { texts } = this.ui
    if (this.failures.length === 0) setTimeout(() => this.reportFailures(), FAILURES_MS)
    this.failures.push(texts.upload.failedOne(name, errorText(error, texts)))
  }

  private reportFailures() {
    const text = this.ui.texts.upload
    const items = this.failures
    this.failures = []
    const action = { label: text.retryAll, run: () => this.queue.retryFailed() }
    if (items.length === 1 && items[0]) this.ui.notify('error', items[0], { action })
    else this.ui.notify('error', text.failedSome(items.length), { items, action })
  }

  private async limits(): Promise<Limits | undefined> {
    const timeout = new Promise<undefined>((resolve) =>
      setTimeout(() => resolve(undefined), LIMITS_MS),
    )
    return Promise.race([this.client.ensureQueryData(limitsQuery), timeout]).catch(() => undefined)
  }

  /** Names the files that are not sent, with the reason. */
  private async checkAndSend(files: readonly Added[]) {
    if (files.length === 0) return
    const limits = await this.limits()
    const bulk = files.length > FEW_FILES
    const skipped: string[] = []
    for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
      const some = await Promise.all(
        files.slice(from, from + FILES_AT_ONCE).map(async (one) => {
          const result = await checkFile(one.file, limits, this.ui)
          if (result.ok) return { ...one, format: result.format, bulk }
          skipped.push(`${one.name} ${result.why}`)
          this.persisted.drop(one.key)
          return []
        }),
      )
      this.send(some.flat())
    }
    if (skipped.length > 0)
      this.ui.notify('error', this.ui.texts.upload.skipped(skipped.length), { items: skipped })
  }

  private send(files: readonly (Sendable & Added)[], paused = false) {
    const ids = this.queue.add(files, paused)
    for (const [at, { key, format }] of files.entries())
      this.persisted.queued(key, ids[at] ?? 0, format)
  }

  private async openUrlList(file: File) {
    const text = await readUrlList(file)
    if (text === null) {
      const { skipped, reason } = this.ui.texts.upload
      this.ui.notify('error', skipped(1), { items: [`${file.name} ${reason.listTooLarge}`] })
      return
    }
    if (this.batchName.get().trim() === '') this.setBatchName(file.name.replace(/\.[^.]*$/, ''))
    this.openUrlDialog(text)
  }

  private async sendUrls(good: readonly UrlLine[], atOnce = DEFAULT_BATCH_SIZE) {
    const rejected: BadUrl[] = []
    const batch = this.batchName.get().trim()
    let accepted = 0
    for (let from = 0; from < good.length; from += atOnce) {
      const part = good.slice(from, from + atOnce)
      const answer = await withRetry(() => sendBatch(part, batch))
      accepted += answer.images.length
      rejected.push(...this.rejectedBy(answer, part))
    }
    return { accepted, rejected }
  }

  private rejectedBy(answer: BatchAnswer, sent: readonly UrlLine[]): BadUrl[] {
    return answer.rejected.map(({ url, line, code, message }) => {
      const own = sent[line - FIRST_LINE]
      const why = `– ${codeText(this.ui.texts, code, message)}`
      return { ...own, line: own?.line ?? line, url, why }
    })
  }
}

/** The skipped URLs in the form in which the user gave them. */
const asWritten = (bad: readonly BadUrl[], csv: boolean) =>
  csv
    ? writeCsv([columns, ...bad.map(({ url, sku = '', label = '' }) => [url, sku, label])])
    : bad.map(({ url }) => url).join('\n')

export const UploadsContext = createContext<Uploads | null>(null)

export function useUploads(): Uploads {
  const uploads = useContext(UploadsContext)
  if (!uploads) throw new Error('UploadsContext has no provider')
  return uploads
}
