/** A Redis and the real program, each on a free port and in a folder of its own. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { root, serve, start, stop } from '../../e2e/process.mjs'

const drawing = process.env.POSECRAFT_FIGURE ?? path.join(root, 'build/tests/support/make_figure')
const servers = process.env.POSECRAFT_TEST_SERVERS ?? path.join(root, 'share/servers')

const base = mkdtempSync(path.join(os.tmpdir(), 'posecraft-bull-'))
process.on('exit', () => rmSync(base, { recursive: true, force: true }))
export const tempFolder = () => mkdtempSync(path.join(base, 'f-'))

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const redisProgram = [servers, ...process.env.PATH.split(':')]
  .map((folder) => path.join(folder, 'redis-server'))
  .find(isExecutable)

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

async function accepts(port) {
  const socket = net.connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

export async function eventually(look, ms = 15_000) {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`not in ${ms} ms: ${look}`)
    await sleep(30)
  }
}

export async function startRedis() {
  const port = await freePort()
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', tempFolder()]
  const child = start(redisProgram, args.map(String), { stdio: 'ignore' })
  await eventually(() => accepts(port))
  return { port, url: `redis://127.0.0.1:${port}`, stop: () => stop(child) }
}

/** `posecraft serve` with so many workers, on a folder that may have been used before. */
export async function startPosecraft(folder, queue, workers) {
  const settings = { POSECRAFT_QUEUE: queue, POSECRAFT_BACKOFF: '200ms', POSECRAFT_LEASE: '3s' }
  const served = await serve(folder, ['--workers', String(workers)], settings)
  const ask = async (where, init) => (await fetch(served.url + where, init)).json()
  return {
    ...served,
    ask,
    submit: (link) =>
      ask('/process', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ imageUrl: link }),
      }),
    image: (id) => ask(`/images/${id}`),
    /** The image, once it is no longer pending. */
    outcome: (id) =>
      eventually(async () => {
        const image = await ask(`/image-status/${id}`)
        return image.status !== 'pending' && image
      }, 40_000),
  }
}

/** Serves the drawn figure at any path, or fails if `answer` is another status than 200. */
export async function startImageHost() {
  const image = execFileSync(drawing, ['bmp', '240', '360'], { maxBuffer: 1 << 24 })
  const host = { answer: 200 }
  const server = http.createServer((request, response) => {
    response.writeHead(host.answer, { 'Content-Type': 'image/bmp', Connection: 'close' })
    const own = Buffer.from(image) // each path is another image
    own.writeUInt16LE([...request.url].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) & 0xffff, 7), own.length - 3)
    response.end(host.answer === 200 ? own : 'no')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  host.link = (name) => `http://127.0.0.1:${server.address().port}/${name}.bmp`
  host.stop = () => server.close()
  return host
}
