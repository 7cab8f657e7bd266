/** The images of the tests: real photos if they are there, or else the figure that the project draws itself. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { dressed, LOOKS } from './dressed.mjs'
import { root } from './posecraft.mjs'

const data = process.env.POSECRAFT_TEST_PHOTOS ?? path.join(root, '../shared/data')
const photoFolder = path.join(data, 'photos')

/** Photos of whole figures on a plain background come first. */
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
    buffer[buffer.length - 1] = n // A different pixel in a corner makes a different image.
    return { name: `figure-${n}.bmp`, mimeType: 'image/bmp', buffer }
  })
}

/** The images in the screenshots of docs/page: the drawn figure in different clothes. */
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
export const testImages = real.length > 0 ? real : figures()

/** The same image as other bytes: decoders ignore what follows the end of the image. */
export function variant(image, n) {
  return {
    ...image,
    name: `${n}-${image.name}`,
    buffer: Buffer.concat([image.buffer, Buffer.from([n & 255, n >> 8])]),
  }
}

/** An image host on loopback. `answers` says what it serves at which path; it may be changed at any time. */
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
