/** Starts the real program in a folder of its own on a free port, and stops only that. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
export const program = process.env.POSECRAFT_BIN ?? path.join(root, 'build/posecraft')
export const share = process.env.POSECRAFT_SHARE ?? path.join(root, 'share')
const READY_MS = 20_000
const STOP_MS = 15_000

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

function cleanEnv() {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('POSECRAFT_'))
  return {
    ...Object.fromEntries(own),
    POSECRAFT_SHARE: share,
    POSECRAFT_FETCH_ALLOW: '127.0.0.0/8',
  }
}

export async function startPosecraft(...args) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'posecraft-page-'))
  const child = spawn(program, ['serve', '--port', '0', '--data', folder, ...args], {
    cwd: folder,
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  void ended.then(() => running.delete(child))
  let log = ''
  child.stderr.on('data', (part) => (log = (log + part).slice(-4000)))
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready in time\n${log}`)), READY_MS)
    let out = ''
    child.stdout.on('data', (part) => {
      out += part
      const [, address] = /^listening on (http:\S+)$/m.exec(out) ?? []
      if (!address) return
      clearTimeout(late)
      resolve(address)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`ended with ${code}\n${log}`)))
  })
  return {
    url,
    call: (where, init) => fetch(`${url}${where}`, init),
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(late)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
