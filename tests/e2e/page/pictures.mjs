/** Test pictures: real photos where they are, else the figure that the project draws itself. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { dressed, LOOKS } from './dressed.mjs'
import { root } from './posecraft.mjs'

const data = process.env.POSECRAFT_TEST_PHOTOS ?? path.join(root, '../shared/data')
const photoFolder = path.join(data, 'photos')

/** Whole figures on quiet ground first: they are also what the screenshots show. */
const PREFERRED = [/catalogue/, /stock_(101|22|195|125)/, /idm_/, /stock-models/]

function photos() {
  if (!existsSync(photoFolder)) return []
  const rank = (name) => {
    const at = PREFERRED.findIndex((pattern) => pattern.test(name))
    return at < 0 ? PREFERRED.length : at
  }
  return readdirSync(photoFolder)
    .filter((name) => /\.jpg$/.test(name) && !/worn|garment|seated/.test(name))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((name) => ({
      name,
      mimeType: 'image/jpeg',
      buffer: readFileSync(path.join(photoFolder, name)),
    }))
}

function figureProgram() {
  if (process.env.POSECRAFT_FIGURE) return process.env.POSECRAFT_FIGURE
  return readdirSync(root)
    .filter((name) => name.startsWith('build'))
    .map((name) => path.join(root, name, 'tests/support/make_figure'))
    .find(existsSync)
}

function figures() {
  const make = figureProgram()
  if (!make) return []
  const options = { maxBuffer: 64 << 20 }
  const drawn = execFileSync(make, ['bmp', '400', '600'], options)
  return Array.from({ length: 8 }, (_, n) => {
    const buffer = Buffer.from(drawn)
    buffer[buffer.length - 1] = n // A pixel in a corner: other bytes are another picture.
    return { name: `figure-${n}.bmp`, mimeType: 'image/bmp', buffer }
  })
}

/** What the pictures of the page in docs show: the drawn figure, dressed anew for each. */
export function showable() {
  const make = figureProgram()
  if (!make) return []
  const drawn = execFileSync(make, ['bmp', '800', '1200'], { maxBuffer: 64 << 20 })
  return LOOKS.map((look) => ({
    name: `${look.name}.bmp`,
    mimeType: 'image/bmp',
    buffer: dressed(drawn, look),
  }))
}

const real = photos()
export const pictures = real.length > 0 ? real : figures()

/** The same picture in other bytes: behind the end of the file nobody looks. */
export function variant(picture, n) {
  return {
    ...picture,
    name: `${n}-${picture.name}`,
    buffer: Buffer.concat([picture.buffer, Buffer.from([n & 255, n >> 8])]),
  }
}

/** A host of pictures on loopback. `answers` says what stands where; it may be changed while it runs. */
export async function startHost(answers = {}) {
  const server = http.createServer((request, response) => {
    const answer = answers[request.url]
    if (!answer) {
      response.writeHead(404)
      response.end()
      return
    }
    response.writeHead(200, { 'Content-Type': answer.mimeType })
    response.end(answer.buffer)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    answers,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}
