/** Shared by all cases: the browser, a server for each case, and common queries. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { CASE_MS, chromiumPath, launch, openPage, rowOf } from './browser.mjs'
import { testImages, startHost } from './test-images.mjs'
import { program, share, startPosecraft } from './posecraft.mjs'

export const skip =
  (!chromiumPath && 'Chromium is not installed') ||
  (!existsSync(program) && `${program} is not built`) ||
  (testImages.length === 0 && 'there are neither real photos nor make_figure') ||
  (!existsSync(path.join(share, 'page/index.html')) && 'the page is not built') ||
  false

export const SHOTS = ['Neck', 'Sleeve', 'Zoom', 'Waist', 'Length']
export const [one, two, three] = testImages
export const notes = {
  name: 'notes.txt',
  mimeType: 'text/plain',
  buffer: Buffer.from('not an image'),
}
export const empty = {
  name: 'empty.jpg',
  mimeType: 'image/jpeg',
  buffer: Buffer.alloc(0),
}

export let browser
before(async () => {
  if (!skip) browser = await launch()
})
after(() => browser?.close())

/** A case with its own server. It fails on any page error or violation of the content policy. */
export function pageCase(name, { args = [], ...options }, run) {
  test(name, { skip, timeout: CASE_MS }, async (t) => {
    const posecraft = await startPosecraft(...args)
    const host = await startHost()
    try {
      const opened = await openPage(browser, posecraft.url, options)
      await run({ t, posecraft, host, ...opened })
      assert.deepEqual(opened.faults, [])
      await opened.close()
    } finally {
      await Promise.allSettled([host.stop(), posecraft.stop()])
    }
  })
}

export const snackbar = (page, text) =>
  page.getByRole('region', { name: 'Notifications' }).getByText(text)

export const processed = (page, name) =>
  rowOf(page, name).and(page.locator('[data-status=processed]'))

export async function images(posecraft) {
  return (await (await posecraft.call('/images')).json()).images
}

/** Every shot of the row is present: an image that loaded, or a text that says why there is none. */
export async function assertFiveShots(page, name) {
  const row = processed(page, name)
  await row.waitFor()
  for (const title of SHOTS) {
    const shot = row.getByRole('button', {
      name: new RegExp(`^${title} view of`),
    })
    await shot.waitFor()
    if ((await shot.getAttribute('data-state')) === 'absent') continue
    await shot.locator('img').scrollIntoViewIfNeeded()
    await page.waitForFunction(
      (img) => img.naturalWidth > 0,
      await shot.locator('img').elementHandle(),
    )
  }
}
