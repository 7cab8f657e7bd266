/** The real program and what else a test starts; all of it ends with the test, and nothing else does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const program = process.env.POSECRAFT_BIN ?? path.join(root, 'build/posecraft')
export const share = process.env.POSECRAFT_SHARE ?? path.join(root, 'share')
const READY_MS = 90_000
const STOP_MS = 60_000

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

export function start(command, args, options) {
  const child = spawn(command, args, options)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

export async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(late)
}

function cleanEnv(more) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('POSECRAFT_'))
  return {
    ...Object.fromEntries(own),
    POSECRAFT_SHARE: share,
    POSECRAFT_FETCH_ALLOW: '127.0.0.0/8',
    ...more,
  }
}

/** `posecraft serve` on a free port and this folder; settings are variables of the environment. */
export async function serve(folder, args, settings = {}) {
  const child = start(program, ['serve', '--port', '0', '--data', folder, ...args], {
    cwd: folder,
    env: cleanEnv(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
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
  return { url, stop: (signal) => stop(child, signal) }
}
