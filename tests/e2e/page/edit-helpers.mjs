/** Shared by the cases about edits and review: drawn images, and images as the server returns them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WAIT_MS } from './browser.mjs'
import { pageCase } from './cases.mjs'
import { sideBySide } from './pair.mjs'
import { showable } from './test-images.mjs'

const drawn = showable()
const skip = drawn.length === 0 && 'the program that draws figures is not built'

/** Like pageCase, with drawn figures. */
export const editCase = (name, options, run) =>
  skip ? test(name, { skip }) : pageCase(name, options, run)

export const figure = (n) => drawn[n]

/** An image of two people, which needs review. */
export const pair = (n) => ({
  name: `pair-${n}.bmp`,
  mimeType: 'image/bmp',
  buffer: sideBySide(drawn[n].buffer, drawn[(n + 1) % drawn.length].buffer),
})

/** Sends an image, waits until it is processed, and returns its id. */
export async function cut(posecraft, { name, mimeType, buffer }, batch = '') {
  const answer = await posecraft.call(`/process?${new URLSearchParams({ name, batch })}`, {
    method: 'POST',
    headers: { 'Content-Type': mimeType },
    body: buffer,
  })
  const { id } = await answer.json()
  await posecraft.call(`/image-status/${id}?wait=30`)
  return id
}

export const detail = async (posecraft, id) => (await posecraft.call(`/images/${id}`)).json()

export const shotOf = ({ shots }, label) => shots.find((shot) => shot.label === label)

/** Polls until the image is processed and passes the test. */
export async function until(posecraft, id, wanted, what) {
  for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
    const image = await detail(posecraft, id)
    if (image.status === 'processed' && wanted(image)) return image
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return assert.fail(`never came: ${what}`)
}

/** The mean difference per channel, 0 to 255, between the file of a shot and a part of the original. */
export const distance = (page, original, shot, box) =>
  page.evaluate(
    async ({ original, url, box: [x, y, w, h] }) => {
      const load = async (src) => {
        const image = new Image()
        image.src = src
        await image.decode()
        return image
      }
      const file = await load(url)
      const side = 64
      const pixels = (image, ...from) => {
        const canvas = new OffscreenCanvas(side, side)
        const context = canvas.getContext('2d')
        context.imageSmoothingQuality = 'high'
        context.drawImage(image, ...from, 0, 0, side, side)
        return context.getImageData(0, 0, side, side).data
      }
      const a = pixels(file, 0, 0, file.naturalWidth, file.naturalHeight)
      const b = pixels(await load(original), x, y, w, h)
      return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]), 0) / a.length
    },
    { original, url: shot.url, box },
  )
