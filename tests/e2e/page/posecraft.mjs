/** Starts the real program in a temporary folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { serve } from '../process.mjs'

export { program, root, share } from '../process.mjs'

export async function startPosecraft(...args) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'posecraft-page-'))
  const served = await serve(folder, args)
  return {
    url: served.url,
    call: (where, init) => fetch(`${served.url}${where}`, init),
    async stop() {
      await served.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
