import { isOpen, type Upload } from '@/features/upload/upload-queue'
import { type PersistedUpload, UploadDatabase } from './database'
import { spaceLeft } from './quota'
import { randomId } from './random-id'
import { claimTab, type Tab } from './tab'

/** A file with its bytes that can go on. `format` is '' if the page was closed before it was checked. */
export type Resumable = PersistedUpload & { file: Blob }

export interface Found {
  files: Resumable[]
  /** The names of the files of which no copy could be made. */
  lost: string[]
}

interface Entry {
  upload: PersistedUpload
  file: Blob
  /** The name is stored at once, the bytes as soon as they are copied, unless there is no space. */
  state: 'waiting' | 'saved' | 'lost'
  /** The id in the upload queue, once the file is checked. */
  queued: number | null
}

/** Files of one transaction. Many small ones in a transaction of their own each would take a minute. */
const FILES_AT_ONCE = 1000
const BYTES_AT_ONCE = 32_000_000
const COPY_MS = 4000

/** Copies of the files that are not sent yet, so that the uploads resume after a reload. All names are stored
 * first, then the bytes, a few files at a time and while the uploads run. A file that is sent first is never
 * copied. */
export class PersistedUploads {
  private readonly database = new UploadDatabase()
  private readonly tab: Promise<Tab> = claimTab()
  private readonly entries = new Map<string, Entry>()
  private readonly keys = new Map<number, string>()
  private unnamed: string[] = []
  private waiting: string[] = []
  private unwanted: string[] = []
  private writing = false
  private readonly afterCopy: (() => void)[] = []
  private bytes = 0

  /** Returns a key for each file. */
  add(files: readonly File[], batch: string): string[] {
    const keptAt = Date.now()
    const added = files.map((file, at) => {
      // In the order in which they were added.
      const id = `${keptAt.toString(36)}-${String(at).padStart(6, '0')}-${randomId()}`
      const { name } = file
      const upload = { id, tab: '', name, format: '', batch, paused: false, keptAt, file: null }
      this.entries.set(id, { upload, file, state: 'waiting', queued: null })
      return id
    })
    this.unnamed.push(...added)
    this.waiting.push(...added)
    void this.write()
    return added
  }

  /** Resolves when the first of the files that were added are copied, or after a few seconds. */
  firstCopies(): Promise<void> {
    if (!this.writing) return Promise.resolve()
    return new Promise((resolve) => {
      this.afterCopy.push(resolve)
      setTimeout(resolve, COPY_MS)
    })
  }

  /** The file is valid and has this id in the upload queue. */
  queued(key: string, id: number, format: string) {
    const entry = this.entries.get(key)
    if (!entry) return
    entry.queued = id
    entry.upload = { ...entry.upload, format }
    this.keys.set(id, key)
  }

  /** The file will not be sent, or has been. */
  drop(key: string) {
    const entry = this.entries.get(key)
    if (!entry) return
    this.entries.delete(key)
    if (entry.queued !== null) this.keys.delete(entry.queued)
    if (entry.state === 'saved') this.bytes -= entry.file.size
    this.unwanted.push(key)
    void this.write()
  }

  /** Follows an upload's state; the copy is deleted when the file is sent or cancelled. */
  follow({ id, state }: Pick<Upload, 'id' | 'state'>) {
    const key = this.keys.get(id)
    const entry = key === undefined ? undefined : this.entries.get(key)
    if (!key || !entry) return
    if (!isOpen({ state }) && state !== 'failed') {
      this.drop(key)
      return
    }
    const paused = state === 'paused'
    if (entry.upload.paused === paused) return
    entry.upload = { ...entry.upload, paused }
    if (entry.state === 'saved') void this.save([this.record(entry)])
  }

  /** Whether a file would be lost if the page were closed now: it has no copy, and it is not checked yet or
   * `isOpen` says that it is still to be sent. */
  wouldLose(isOpen: (id: number) => boolean): boolean {
    for (const { state, queued } of this.entries.values())
      if (state !== 'saved' && (queued === null || isOpen(queued))) return true
    return false
  }

  /** Finds the uploads that this tab left before its reload, and those of tabs that were closed or are closed
   * later. */
  async resume(onFound: (found: Found) => void) {
    const tab = await this.tab
    const take = async (isMine: (upload: PersistedUpload) => boolean) => {
      const found = await this.takeOver(isMine)
      if (found.files.length + found.lost.length > 0) onFound(found)
    }
    await take(({ tab: of, keptAt }) => tab.isOwn(of, keptAt))
    const others = new Set((await this.database.all()).map((one) => one.tab))
    tab.followOthers(others, (closed) => void take((upload) => upload.tab === closed))
  }

  private async takeOver(isMine: (upload: PersistedUpload) => boolean): Promise<Found> {
    const { id: tab, retags } = await this.tab
    const all = (await this.database.all()).filter(
      (one) => isMine(one) && !this.entries.has(one.id),
    )
    const files = all.flatMap((one) => (one.file ? [{ ...one, file: one.file }] : []))
    const lost = all.filter(({ file }) => file === null)
    for (const upload of files) {
      const { id, file } = upload
      this.entries.set(id, { upload, file, state: 'saved', queued: null })
      this.bytes += file.size
    }
    if (retags && files.length > 0)
      await this.database.save(files.map((one) => ({ ...one, tab, keptAt: Date.now() })))
    await this.database.delete(lost.map(({ id }) => id))
    return { files, lost: lost.map(({ name }) => name) }
  }

  private record({ upload, file }: Entry): PersistedUpload {
    return { ...upload, file }
  }

  /** The only writer: names first, then what is to be deleted, then the next files. */
  private async write() {
    if (this.writing) return
    this.writing = true
    const { id: tab, announce } = await this.tab
    while (this.unnamed.length + this.waiting.length + this.unwanted.length > 0) {
      const names = this.present(this.unnamed.splice(0))
      for (const entry of names) entry.upload = { ...entry.upload, tab }
      if (names.length > 0) announce()
      if (names.length > 0) await this.save(names.map(({ upload }) => upload))
      const unwanted = this.unwanted.splice(0)
      if (unwanted.length > 0) await this.database.delete(unwanted).catch(() => undefined)
      await this.copy(this.nextFiles())
      for (const resolve of this.afterCopy.splice(0)) resolve()
    }
    this.writing = false
  }

  private present(keys: readonly string[]): Entry[] {
    return keys.flatMap((key) => this.entries.get(key) ?? [])
  }

  private nextFiles(): Entry[] {
    const next: Entry[] = []
    for (let bytes = 0; this.waiting.length > 0 && next.length < FILES_AT_ONCE;) {
      const [entry] = this.present([this.waiting[0] ?? ''])
      bytes += entry?.file.size ?? 0
      if (next.length > 0 && bytes > BYTES_AT_ONCE) break
      this.waiting.shift()
      if (entry) next.push(entry)
    }
    return next
  }

  private async copy(entries: readonly Entry[]) {
    if (entries.length === 0) return
    const fitting: Entry[] = []
    let space = await spaceLeft(this.bytes)
    for (const entry of entries) {
      const { size } = entry.file
      if (size <= space) {
        fitting.push(entry)
        this.bytes += size
        space -= size
      } else entry.state = 'lost'
    }
    if (fitting.length === 0) return
    const together = await this.save(fitting.map((entry) => this.record(entry)))
    for (const entry of fitting) {
      // One file that cannot be read or is too large fails the others of its transaction.
      const saved = together || (fitting.length > 1 && (await this.save([this.record(entry)])))
      entry.state = saved ? 'saved' : 'lost'
      const sent = !this.entries.has(entry.upload.id)
      if (!saved || sent) this.bytes -= entry.file.size
      if (sent) this.unwanted.push(entry.upload.id)
    }
  }

  /** False when the storage is full or not available. */
  private save(uploads: readonly PersistedUpload[]): Promise<boolean> {
    return this.database.save(uploads).then(
      () => true,
      () => false,
    )
  }
}
