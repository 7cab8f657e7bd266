const NAME = 'posecraft'
const STORE = 'uploads'

/** A file that is not sent yet, as IndexedDB stores it. */
export interface PersistedUpload {
  id: string
  /** The id of the tab that sends it. */
  tab: string
  name: string
  format: string
  batch: string
  paused: boolean
  keptAt: number
  /** null: it is not copied yet, or there was not enough storage, so only the name is known. */
  file: Blob | null
}

const resultOf = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'))
  })

/** The few operations on IndexedDB that persisted uploads need. It is opened at first use. */
export class UploadDatabase {
  private opened: Promise<IDBDatabase> | undefined

  /** All or none of them. */
  save(uploads: readonly PersistedUpload[]) {
    return this.write((store) => {
      for (const upload of uploads) store.put(upload)
    })
  }

  delete(ids: readonly string[]) {
    return this.write((store) => {
      for (const id of ids) store.delete(id)
    })
  }

  async all(): Promise<PersistedUpload[]> {
    const store = (await this.open()).transaction(STORE).objectStore(STORE)
    return resultOf(store.getAll() as IDBRequest<PersistedUpload[]>)
  }

  private open(): Promise<IDBDatabase> {
    this.opened ??= (() => {
      const request = indexedDB.open(NAME, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
      return resultOf(request)
    })()
    return this.opened
  }

  /** Resolves when the data is on the disk. */
  private async write(work: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.open()).transaction(STORE, 'readwrite')
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB'))
      work(transaction.objectStore(STORE))
    })
  }
}
