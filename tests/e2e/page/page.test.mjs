/** Tests the page in Chromium against the real program. Run by `npm run test:page` in web/. POSECRAFT_BIN names
 * the program; UPDATE_SCREENSHOTS=1 renews docs/page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CASE_MS, choose, transfer, openerOf, openPage, rowOf } from './browser.mjs'
import {
  assertFiveShots,
  browser,
  empty,
  images,
  notes,
  one,
  pageCase,
  processed,
  skip,
  snackbar,
  two,
} from './cases.mjs'
import { variant } from './test-images.mjs'
import { startPosecraft } from './posecraft.mjs'
import './flow-cases.mjs'
import './recipes-cases.mjs'
import './edit-cases.mjs'
import './review-cases.mjs'
import './table-cases.mjs'
import './looks-cases.mjs'
import './fit-cases.mjs'

pageCase(
  'files chosen: invalid ones are named, valid ones become five shots without a reload',
  {},
  async ({ page }) => {
    await page.getByRole('heading', { name: 'Photos in, labelled shots out' }).waitFor()
    await page.evaluate(() => (window.notReloaded = true))
    await choose(page, [one, notes, empty])
    await snackbar(page, '2 files skipped').waitFor()
    await snackbar(page, 'notes.txt is not an image').waitFor()
    await snackbar(page, 'empty.jpg is empty').waitFor()
    await assertFiveShots(page, one.name)
    await page
      .getByRole('status')
      .getByText('Live')
      .or(page.locator('[data-mode=live]'))
      .first()
      .waitFor()
    assert.equal(await page.evaluate(() => window.notReloaded), true)
  },
)

pageCase('files dropped anywhere on the page', {}, async ({ page }) => {
  await page.getByRole('button', { name: 'Browse files' }).waitFor()
  await transfer(page, 'drop', { files: [one, two] })
  await assertFiveShots(page, one.name)
  await assertFiveShots(page, two.name)
})

pageCase('images and URLs pasted', {}, async ({ page, host }) => {
  host.answers['/look.jpg'] = two
  await page.getByRole('button', { name: 'Browse files' }).waitFor()
  await transfer(page, 'paste', { files: [one] })
  await assertFiveShots(page, one.name)
  await transfer(page, 'paste', { text: `${host.url}/look.jpg\nnot a URL\n` })
  await snackbar(page, 'Line 2: not a URL is not a valid URL').waitFor()
  await assertFiveShots(page, 'look.jpg')
})

pageCase('a list of URLs: invalid lines are named and can be fixed', {}, async ({ page, host }) => {
  host.answers['/a.jpg'] = one
  await page.getByRole('button', { name: 'Add URLs' }).click()
  await page
    .getByLabel('URLs, one per line, or CSV')
    .fill(`${host.url}/a.jpg\n\nlook-02.jpg\nftp://example.test/b.jpg\nhttp://10.0.0.1/c.jpg`)
  await page.getByText('2 to fix').waitFor()
  await page.getByRole('button', { name: 'Fetch images' }).click()
  await snackbar(page, '3 URLs skipped').waitFor()
  await snackbar(page, 'Line 3: look-02.jpg is not a valid URL').waitFor()
  await snackbar(page, 'Line 4: ftp://example.test/b.jpg is not an http or https URL').waitFor()
  await snackbar(page, 'Line 5: http://10.0.0.1/c.jpg').waitFor()
  await assertFiveShots(page, 'a.jpg')
  await page.getByRole('button', { name: 'Fix' }).click()
  const left = await page.getByLabel('URLs, one per line, or CSV').inputValue()
  assert.equal(left, 'look-02.jpg\nftp://example.test/b.jpg\nhttp://10.0.0.1/c.jpg')
})

pageCase(
  'no WebSocket: polling takes over and says so',
  {
    prepare: (page) => page.routeWebSocket(/\/live$/, (socket) => socket.close()),
  },
  async ({ page }) => {
    await page.locator('[data-mode=polling]').waitFor()
    await choose(page, [one])
    await assertFiveShots(page, one.name)
    await page.getByText('Polling', { exact: true }).waitFor()
  },
)

test('the WebSocket breaks and comes back', { skip, timeout: CASE_MS }, async () => {
  const posecraft = await startPosecraft()
  try {
    const sockets = []
    const prepare = (page) =>
      page.routeWebSocket(/\/live$/, (socket) => {
        if (sockets.length === 1) socket.close()
        else socket.connectToServer()
        sockets.push(socket)
      })
    const { page, faults } = await openPage(browser, posecraft.url, {
      prepare,
    })
    await page.locator('[data-mode=live]').waitFor()
    await sockets[0].close()
    await page.locator('[data-mode=polling]').waitFor()
    await page.locator('[data-mode=live]').waitFor()
    await choose(page, [one])
    await assertFiveShots(page, one.name)
    assert.deepEqual(faults, [])
  } finally {
    await posecraft.stop()
  }
})

pageCase('a busy server: the upload is retried after Retry-After', {}, async ({ page }) => {
  let requests = 0
  await page.route('**/process?*', async (route) => {
    if (++requests > 1) return route.continue()
    await route.fulfill({
      status: 503,
      headers: { 'Retry-After': '5' },
      json: {
        error: {
          code: 'queue_full',
          message: 'The queue is full.',
          hint: '',
        },
      },
    })
  })
  await choose(page, [one])
  await page.getByRole('button', { name: 'Show files' }).click()
  await page.getByText('Server busy, retrying').waitFor()
  await assertFiveShots(page, one.name)
  assert.equal(requests, 2)
})

pageCase('an error of the API is shown with its hint', {}, async ({ page }) => {
  await page.route('**/process?*', (route) =>
    route.fulfill({
      status: 507,
      json: {
        error: {
          code: 'store_full',
          message: 'The store is full.',
          hint: 'Free some space.',
        },
      },
    }),
  )
  await choose(page, [one])
  await snackbar(page, `${one.name}: The store is full. Free some space.`).waitFor()
})

pageCase('a failed image is retried', {}, async ({ page, host, posecraft }) => {
  await posecraft.call('/process', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ imageUrl: `${host.url}/late.jpg` }),
  })
  const failed = rowOf(page, 'late.jpg').and(page.locator('[data-status=failed]'))
  await failed.getByText(/answered with status 404/).waitFor()
  host.answers['/late.jpg'] = one
  await failed.getByRole('button', { name: 'Retry late.jpg' }).click()
  await snackbar(page, 'late.jpg queued again').waitFor()
  await assertFiveShots(page, 'late.jpg')
})

pageCase('a retry that the server rejects is explained', {}, async ({ page, host, posecraft }) => {
  await posecraft.call('/process', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ imageUrl: `${host.url}/gone.jpg` }),
  })
  const failed = rowOf(page, 'gone.jpg').and(page.locator('[data-status=failed]'))
  await failed.waitFor()
  await page.getByRole('button', { name: 'Pause updates' }).click()
  const [{ id }] = await images(posecraft)
  await posecraft.call(`/images/${id}`, { method: 'DELETE' })
  await page.getByText('Paused, 1 change waiting').waitFor()
  await failed.getByRole('button', { name: 'Retry gone.jpg' }).click()
  await snackbar(page, 'gone.jpg: This image no longer exists.').waitFor()
  await page.getByRole('button', { name: 'Resume updates' }).click()
  await page.getByRole('heading', { name: 'Photos in, labelled shots out' }).waitFor()
})

pageCase('a delete can be undone; otherwise it is carried out', {}, async ({ page, posecraft }) => {
  await choose(page, [one, two])
  await processed(page, one.name).waitFor()
  await processed(page, two.name).waitFor()
  await page.getByRole('button', { name: `Delete ${one.name}` }).click()
  await rowOf(page, one.name).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await rowOf(page, one.name).waitFor()
  assert.equal((await images(posecraft)).length, 2)
  await page.getByRole('button', { name: `Delete ${one.name}` }).click()
  await page
    .getByRole('listitem')
    .filter({ hasText: `${one.name} deleted` })
    .getByRole('button', { name: 'Dismiss' })
    .click()
  await page.getByRole('button', { name: /^All 1$/ }).waitFor()
  assert.deepEqual(
    (await images(posecraft)).map(({ name }) => name),
    [two.name],
  )
})

pageCase('pausing holds changes back and counts them', {}, async ({ page, posecraft }) => {
  await choose(page, [one])
  await processed(page, one.name).waitFor()
  await page.getByRole('button', { name: 'Pause updates' }).click()
  await posecraft.call('/process?name=other.jpg', {
    method: 'POST',
    headers: { 'Content-Type': two.mimeType },
    body: two.buffer,
  })
  await page.getByText('Paused, 1 change waiting').waitFor()
  assert.equal(await rowOf(page, 'other.jpg').count(), 0)
  await page.getByRole('button', { name: 'Resume updates' }).click()
  await rowOf(page, 'other.jpg').waitFor()
})

pageCase(
  'search, filter and order are in the address bar',
  {},
  async ({ page, host, posecraft }) => {
    await choose(page, [one, two])
    await processed(page, one.name).waitFor()
    await processed(page, two.name).waitFor()
    await posecraft.call('/process-batch', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: `${host.url}/nothing-here.jpg`,
    })
    await page.getByRole('button', { name: /^Failed 1$/ }).click()
    await rowOf(page, one.name).waitFor({ state: 'detached' })
    await rowOf(page, 'nothing-here.jpg').waitFor()
    assert.match(page.url(), /\?show=failed$/)
    await page.reload()
    await rowOf(page, 'nothing-here.jpg').waitFor()
    assert.equal(await page.locator('tbody tr').count(), 1)
    await page.goBack()
    await rowOf(page, one.name).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type(two.name)
    await rowOf(page, one.name).waitFor({ state: 'detached' })
    await rowOf(page, two.name).waitFor()
    await page.keyboard.press('Escape')
    await rowOf(page, one.name).waitFor()
    await page.getByRole('button', { name: 'Image', exact: true }).click()
    await page.waitForURL(/sort=name&order=asc/)
    const names = page.locator('tbody tr')
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3)
    const order = await names.evaluateAll((rows) => rows.map((row) => row.innerText.split('\n')[0]))
    assert.equal(order.length, 3)
  },
)

pageCase('one image: photo, skeleton, boxes, shots, by arrow keys', {}, async ({ page }) => {
  await choose(page, [one])
  await processed(page, one.name).waitFor()
  await openerOf(page, one.name).click()
  const dialog = page.getByRole('dialog', { name: one.name })
  await dialog.getByAltText(`Photo ${one.name}`).waitFor()
  await dialog.locator('svg circle').first().waitFor()
  assert.ok((await dialog.locator('svg circle').count()) >= 10)
  assert.ok((await dialog.locator('svg text').count()) >= 3)
  await dialog.getByLabel('Skeleton').uncheck()
  assert.equal(await dialog.locator('svg circle').count(), 0)
  await dialog.getByRole('button', { name: 'Photo', exact: true }).focus()
  await page.keyboard.press('ArrowRight')
  await dialog.getByAltText(`Neck view of ${one.name}`).waitFor()
  assert.match(page.url(), /image=\d+&shot=neck$/)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.doesNotMatch(page.url(), /image=/)
})

pageCase('everything by keyboard: add, move, open, delete, undo', {}, async ({ page, host }) => {
  Object.assign(host.answers, { '/k1.jpg': one, '/k2.jpg': two })
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('data-index') ?? '')
  await page.getByRole('button', { name: 'Add URLs' }).waitFor()
  await page.keyboard.press('a')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.type(`${host.url}/k1.jpg\n${host.url}/k2.jpg`)
  await page.keyboard.press('Control+Enter')
  await processed(page, 'k1.jpg').waitFor()
  await processed(page, 'k2.jpg').waitFor()

  await page.keyboard.press('/')
  for (let presses = 0; (await focused()) === '' && presses < 12; presses++)
    await page.keyboard.press('Tab')
  assert.equal(await focused(), '0', 'the first row is reached with Tab from the search')
  await page.keyboard.press('ArrowDown')
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '1')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: /k\d\.jpg/ }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.equal(await focused(), '1', 'the focus is back on the row')
  await page.keyboard.press('Delete')
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1)
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '0')
  const undo = page.getByRole('button', { name: 'Undo' })
  await undo.waitFor()
  await undo.focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 2)
})

/** Counts inside the page how many uploads run at the same time. */
function countUploads(page) {
  return page.addInitScript(() => {
    window.uploads = { open: 0, most: 0 }
    const { open, send } = XMLHttpRequest.prototype
    XMLHttpRequest.prototype.open = function (...args) {
      this.addEventListener('readystatechange', () => {
        if (this.readyState === XMLHttpRequest.DONE) window.uploads.open--
      })
      return open.apply(this, args)
    }
    XMLHttpRequest.prototype.send = function (...args) {
      window.uploads.most = Math.max(window.uploads.most, ++window.uploads.open)
      return send.apply(this, args)
    }
  })
}

pageCase(
  'many files: at most four at once, none lost',
  { args: ['--workers', '0'], prepare: countUploads },
  async ({ page, posecraft }) => {
    await choose(
      page,
      Array.from({ length: 60 }, (_, n) => variant(one, n)),
    )
    await page.getByText('60 uploads done').waitFor()
    assert.equal(await page.evaluate(() => window.uploads.most), 4)
    const { total } = await (await posecraft.call('/images?limit=1')).json()
    assert.equal(total, 60)
  },
)
