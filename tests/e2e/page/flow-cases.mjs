/** Cases about long operations: uploads that are paused, interrupted and resumed, long lists, bulk actions in
 * steps, live changes shared between tabs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axe, CASE_MS, choose, holdUploads, openPage, rowOf, WAIT_MS } from './browser.mjs'
import { browser, images, one, pageCase, processed, skip, snackbar, two } from './cases.mjs'
import { startPosecraft } from './posecraft.mjs'
import { variant } from './test-images.mjs'

const waiting = { args: ['--workers', '0'] }
const button = (page, name) => page.getByRole('button', { name, exact: true })
const tray = (page) => page.getByRole('region', { name: 'Uploads' })
const several = (image, n) => Array.from({ length: n }, (_, at) => variant(image, at))

/** A unique image of a few hundred bytes. */
function dot(n) {
  const buffer = Buffer.alloc(58)
  buffer.write('BM')
  buffer.writeUInt32LE(58, 2)
  buffer.writeUInt32LE(54, 10)
  buffer.writeUInt32LE(40, 14)
  buffer.writeInt32LE(1, 18)
  buffer.writeInt32LE(1, 22)
  buffer.writeUInt16LE(1, 26)
  buffer.writeUInt16LE(24, 28)
  buffer.writeUIntLE(n, 54, 3)
  return { name: `dot-${n}.bmp`, mimeType: 'image/bmp', buffer }
}

const submit = (posecraft, n, from = 0) =>
  posecraft.call('/process-batch', {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain' },
    body: Array.from({ length: n }, (_, at) => `https://a.example/${from + at}.jpg`).join('\n'),
  })

const total = async (posecraft, query = '') =>
  (await (await posecraft.call(`/images?limit=1${query}`)).json()).total

async function until(question) {
  for (const end = Date.now() + WAIT_MS; !(await question());) {
    assert.ok(Date.now() < end, 'in time')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

pageCase(
  'uploads are paused and resumed, one or all; one is cancelled',
  waiting,
  async ({ page, posecraft }) => {
    const { letGo } = await holdUploads(page)
    await choose(page, several(one, 6))
    await tray(page).getByText('Uploading 0 of 6').waitFor()
    await button(page, 'Show files').click()
    await button(page, `Pause 5-${one.name}`).click()
    await button(page, `Cancel 4-${one.name}`).click()
    await button(page, 'Pause uploads').click()
    await tray(page).getByText('Paused at 0 of 5').waitFor()
    assert.deepEqual(await axe(page), [])
    letGo()
    await page.waitForFunction(() => !document.querySelector('[data-state=sending]'))
    assert.equal(await total(posecraft), 0)
    await button(page, `Resume 5-${one.name}`).click()
    await rowOf(page, `5-${one.name}`).waitFor()
    assert.equal(await total(posecraft), 1)
    await button(page, 'Resume uploads').click()
    await tray(page).getByText('5 uploads done').waitFor()
    assert.equal(await total(posecraft), 5)
  },
)

pageCase('uploads resume after a reload, with their batch', {}, async ({ page, posecraft }) => {
  await page.getByLabel('Batch').fill('spring')
  const { seen, pass } = await holdUploads(page)
  await choose(page, several(one, 7))
  await tray(page).getByText('Uploading 0 of 7').waitFor()
  await until(() => copied(page).then((n) => n === 7))
  assert.equal(seen.length, 4)
  pass()
  const asked = []
  page.on('dialog', (dialog) => asked.push(dialog.type()) && void dialog.accept())
  await page.reload()
  await snackbar(page, '7 interrupted uploads resumed').waitFor()
  await tray(page)
    .getByText(/^7 uploads done/)
    .waitFor()
  assert.deepEqual(asked, [], 'nothing would have been lost, so nothing was asked')
  const all = await images(posecraft)
  assert.equal(all.length, 7)
  assert.ok(all.every(({ batch, name }) => batch === 'spring' && name.endsWith(one.name)))
  await until(() => kept(page).then((left) => left.length === 0))
  await processed(page, `6-${one.name}`).waitFor()
})

/** What the browser has stored for the next load. */
const kept = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('posecraft', 1)
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          const all = request.result.transaction('uploads').objectStore('uploads').getAll()
          all.onsuccess = () =>
            resolve(all.result.map(({ name, file }) => ({ name, size: file?.size })))
        }
      }),
  )

/** How many files the browser has with their bytes. */
const copied = (page) => kept(page).then((all) => all.filter(({ size }) => size > 0).length)
const allCopied = (page) => kept(page).then((all) => all.every(({ size }) => size > 0))

pageCase(
  '600 files, and a reload while they are sent: all go on, none arrives twice',
  waiting,
  async ({ page, posecraft }) => {
    await page.getByRole('button', { name: 'Browse files' }).waitFor()
    await choose(
      page,
      Array.from({ length: 600 }, (_, n) => dot(n)),
    )
    await until(() => allCopied(page))
    const asked = []
    page.on('dialog', (dialog) => asked.push(dialog.type()) && void dialog.accept())
    await page.reload()
    await until(() => kept(page).then((left) => left.length === 0))
    assert.equal(await total(posecraft), 600)
    assert.deepEqual(asked, [])
    const names = new Set()
    for (const offset of [0, 500])
      for (const { name } of (
        await (await posecraft.call(`/images?limit=500&offset=${offset}`)).json()
      ).images)
        names.add(name)
    assert.equal(names.size, 600)
  },
)

pageCase(
  '600 files, and the page is closed before any is copied: it asks, and names them all afterwards',
  {
    ...waiting,
    prepare: (page) =>
      page.addInitScript(() => {
        navigator.storage.estimate = () => Promise.resolve({ quota: 0, usage: 0 })
      }),
  },
  async ({ page, posecraft }) => {
    await holdUploads(page)
    await page.getByRole('heading', { name: 'PoseCraft' }).click()
    await choose(
      page,
      Array.from({ length: 600 }, (_, n) => dot(n)),
    )
    await until(() => kept(page).then((all) => all.length === 600))
    const asked = []
    page.on('dialog', (dialog) => asked.push(dialog.type()) && void dialog.accept())
    await page.reload()
    assert.deepEqual(asked, ['beforeunload'])
    await snackbar(page, /^600 files not sent: .* Choose them again[.]$/).waitFor()
    assert.deepEqual(await axe(page), [])
    await page.getByRole('region', { name: 'Notifications' }).getByText('and 595 more').click()
    await snackbar(page, /^dot-599.bmp$/).waitFor()
    assert.deepEqual(await axe(page), [])
    assert.equal(await total(posecraft), 0)
    const chooser = page.waitForEvent('filechooser')
    await page
      .getByRole('region', { name: 'Notifications' })
      .getByRole('button', { name: 'Browse files' })
      .click()
    await (await chooser).setFiles([dot(1)])
  },
)

pageCase(
  'a tab is closed: another open one goes on with its uploads; a later one would too',
  waiting,
  async ({ page, posecraft }) => {
    const leaving = await page.context().newPage()
    await leaving.goto(posecraft.url)
    await holdUploads(leaving)
    await choose(leaving, [dot(1), dot(2), dot(3)])
    await until(() => copied(leaving).then((n) => n === 3))
    await leaving.close()
    await snackbar(page, '3 interrupted uploads resumed').waitFor()
    await until(() => kept(page).then((left) => left.length === 0))
    assert.equal(await total(posecraft), 3)
    await holdUploads(page)
    await choose(page, [dot(4)])
    await until(() => copied(page).then((n) => n === 1))
    const context = page.context()
    await page.close()
    const later = await context.newPage()
    await later.goto(posecraft.url)
    await rowOf(later, 'dot-4.bmp').waitFor()
    assert.equal(await total(posecraft), 4)
  },
)

pageCase(
  'files that cannot be kept: the browser asks before a reload, the page names them afterwards',
  {
    ...waiting,
    prepare: (page) =>
      page.addInitScript(() => {
        navigator.storage.estimate = () => Promise.resolve({ quota: 40_000, usage: 0 })
      }),
  },
  async ({ page }) => {
    const small = dot(1)
    const large = {
      ...dot(2),
      name: 'large.bmp',
      buffer: Buffer.concat([dot(2).buffer, Buffer.alloc(40_000)]),
    }
    const { pass } = await holdUploads(page)
    await page.getByRole('heading', { name: 'PoseCraft' }).click()
    await choose(page, [small, large])
    await until(() => copied(page).then((n) => n === 1))
    assert.deepEqual((await kept(page)).map(({ name, size }) => [name, size]).sort(), [
      ['dot-1.bmp', 58],
      ['large.bmp', undefined],
    ])
    const asked = new Promise((resolve) =>
      page.once('dialog', (dialog) => {
        resolve(dialog.type())
        void dialog.accept()
      }),
    )
    pass()
    await page.reload()
    assert.equal(await asked, 'beforeunload')
    await snackbar(page, /^1 file not sent: .* Choose it again[.]$/).waitFor()
    await snackbar(page, 'large.bmp').waitFor()
    await snackbar(page, '1 interrupted upload resumed').waitFor()
  },
)

pageCase('the same file again is reported as existing', waiting, async ({ page, posecraft }) => {
  await choose(page, [one])
  await tray(page).getByText('1 upload done').waitFor()
  await choose(page, [{ ...one, name: 'again.jpg' }, two])
  await tray(page)
    .getByText(/uploads done, 1 already exists/)
    .waitFor()
  assert.equal(await total(posecraft), 2)
})

/** Counts running uploads, and measures how long the page was blocked. */
const watched = (page) =>
  page.addInitScript(() => {
    window.most = 0
    window.longest = 0
    let open = 0
    const own = XMLHttpRequest.prototype
    const { open: start, send } = own
    own.open = function (...args) {
      this.addEventListener('readystatechange', () => this.readyState === 4 && open--)
      return start.apply(this, args)
    }
    own.send = function (...args) {
      window.most = Math.max(window.most, ++open)
      return send.apply(this, args)
    }
    let last = performance.now()
    setInterval(() => {
      const now = performance.now()
      window.longest = Math.max(window.longest, now - last)
      last = now
    }, 20)
  })

pageCase(
  '500 files at once: at most four connections, none lost',
  { ...waiting, prepare: watched },
  async ({ t, page, posecraft }) => {
    await page.getByRole('button', { name: 'Browse files' }).waitFor()
    const files = Array.from({ length: 500 }, (_, n) => variant(dot(n), n))
    await page.evaluate(() => (window.longest = 0))
    await choose(page, files)
    await tray(page)
      .getByText(/^500 uploads done/)
      .waitFor()
    const { most, longest } = await page.evaluate(() => ({
      most: window.most,
      longest: window.longest,
    }))
    t.diagnostic(`longest without reaction ${Math.round(longest)} ms`)
    assert.equal(most, 4)
    assert.equal(await total(posecraft), 500)
    await until(() => kept(page).then((left) => left.length === 0))
  },
)

pageCase(
  'one list of all rows: end, middle by URL, range over rows that were not loaded',
  waiting,
  async ({ page, posecraft }) => {
    for (let from = 0; from < 2500; from += 500) await submit(posecraft, 500, from)
    await page.reload()
    await rowOf(page, '2499.jpg').waitFor()
    await page.locator('tbody tr').first().focus()
    await page.keyboard.press('End')
    await rowOf(page, '0.jpg').waitFor()
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-row') === '2499')
    await page.waitForURL(/[?]row=24\d\d$/)
    await page.goto(`${posecraft.url}/?row=1001`)
    const row = page.locator('tbody tr[data-row="1000"]')
    await row.getByRole('checkbox').click()
    await page.getByText('1 selected', { exact: true }).waitFor()
    await button(page, 'Go to the last row').click()
    await page
      .getByRole('checkbox', { name: 'Select 0.jpg', exact: true })
      .click({ modifiers: ['Shift'] })
    await page.getByText('1,500 selected', { exact: true }).waitFor()
    await page.goto(`${posecraft.url}/?row=1001`)
    await row.waitFor()
    const { y } = await row.boundingBox()
    assert.ok(Math.abs(y) < 100, `the row of the address is on top, at ${y}`)
    await page.goto(`${posecraft.url}/?row=99999`)
    await rowOf(page, '0.jpg').waitFor()
    // Another order right after scrolling shows its first rows, and no row stays unloaded.
    await button(page, 'Go to the first row').click()
    await rowOf(page, '2499.jpg').waitFor()
    await page.evaluate(async () => {
      window.scrollTo(0, 60_000)
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))
      ;[...document.querySelectorAll('thead button')]
        .find((one) => one.innerText === 'Image')
        .click()
    })
    await rowOf(page, '0.jpg').waitFor()
    await page.waitForURL(/[?]sort=name&order=asc$/)
  },
)

pageCase('rows added above do not move the visible rows', waiting, async ({ page, posecraft }) => {
  await submit(posecraft, 400)
  await page.goto(`${posecraft.url}/?row=151`)
  const row = rowOf(page, '249.jpg')
  await row.waitFor()
  const y = async () => Math.round((await row.boundingBox()).y)
  await until(async () => (await y()) < 100)
  const before = await y()
  await submit(posecraft, 30, 1000)
  await page.getByText(/^181–\d+ of 430$/).waitFor()
  assert.equal(await y(), before)
  await page.waitForURL(/[?]row=181$/)
})

/** Sends the ids of these places in the list of all images to a bulk action. */
async function change(posecraft, action, places) {
  const all = []
  for (let more = true; more;) {
    const answer = await posecraft.call(`/images?limit=500&offset=${all.length}`)
    const { images } = await answer.json()
    all.push(...images.map(({ id }) => id))
    more = images.length === 500
  }
  await posecraft.call(`/images/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ids: places.map((place) => all[place]) }),
  })
}

const range = (from, to) => Array.from({ length: to - from }, (_, at) => from + at)

for (const [what, places, rest] of [
  ['above', range(100, 130), /^121–\d+ of 370$/],
  ['above, on pages that are not loaded', range(0, 30), /^121–\d+ of 370$/],
  ['above and below', [...range(130, 140), ...range(160, 190)], /^141–\d+ of 360$/],
  ['above, and the first visible row itself', range(140, 152), /^139–\d+ of 388$/],
])
  pageCase(
    `rows removed ${what} do not move the visible rows`,
    waiting,
    async ({ page, posecraft }) => {
      await submit(posecraft, 400)
      await page.goto(`${posecraft.url}/?row=151`)
      const row = rowOf(page, '246.jpg') // the fourth that is visible
      await row.waitFor()
      const y = async () => Math.round((await row.boundingBox())?.y ?? NaN)
      await until(async () => (await y()) < 400)
      const before = await y()
      await change(posecraft, 'delete', places)
      await page.getByText(rest).waitFor()
      assert.equal(await y(), before)
    },
  )

pageCase(
  'rows removed above do not move the visible rows at the end of the list',
  waiting,
  async ({ page, posecraft }) => {
    await submit(posecraft, 400)
    await page.goto(posecraft.url)
    await rowOf(page, '399.jpg').waitFor()
    await button(page, 'Go to the last row').click()
    const row = rowOf(page, '3.jpg')
    await row.waitFor()
    await page.getByText(/–400 of 400$/).waitFor()
    const y = async () => Math.round((await row.boundingBox())?.y ?? NaN)
    const before = await y()
    await change(posecraft, 'delete', range(330, 350))
    await page.getByText(/–380 of 380$/).waitFor()
    assert.equal(await y(), before)
  },
)

pageCase(
  'all matching: asks first, runs in steps with progress, can be stopped; one excluded',
  waiting,
  async ({ page, posecraft }) => {
    for (let from = 0; from < 1500; from += 500) await submit(posecraft, 500, from)
    await page.reload()
    await rowOf(page, '1499.jpg').waitFor()
    let calls = 0
    let letGo
    const open = new Promise((resolve) => (letGo = resolve))
    await page.route('**/images/cancel', async (route) => {
      if (++calls === 1) await new Promise((resolve) => setTimeout(resolve, 700))
      else await open
      await route.continue()
    })
    const everything = page.getByRole('checkbox', { name: 'Select all matching images' })
    await everything.click()
    await page.getByText('1,500 selected', { exact: true }).waitFor()
    await button(page, 'Cancel the selection').click()
    await button(
      page.getByRole('dialog', { name: 'Cancel 1,500 images?' }),
      'Cancel processing',
    ).click()
    await snackbar(page, /^Cancelling: 500 of 1,500$/).waitFor()
    assert.deepEqual(await axe(page), [])
    await page
      .getByRole('region', { name: 'Notifications' })
      .getByRole('button', { name: 'Stop' })
      .click()
    letGo()
    await snackbar(page, 'Stopped before all were done.').waitFor()
    assert.equal(calls, 2)
    assert.equal(await total(posecraft, '&status=failed'), 1000)
    await page.unroute('**/images/cancel')
    await everything.click()
    await page.getByRole('checkbox', { name: 'Select 1498.jpg', exact: true }).click()
    await page.getByText('1,499 selected', { exact: true }).waitFor()
    await button(page, 'Delete the selection').click()
    await button(page.getByRole('dialog', { name: 'Delete 1,499 images?' }), 'Delete').click()
    await snackbar(page, '1,499 images deleted').waitFor()
    await rowOf(page, '1498.jpg').waitFor()
    assert.equal(await total(posecraft), 1)
  },
)

pageCase(
  'columns are moved and sized, by mouse and by keys, and remembered',
  waiting,
  async ({ page, posecraft }) => {
    await submit(posecraft, 3)
    await rowOf(page, '0.jpg').waitFor()
    const heads = () =>
      page
        .getByRole('columnheader')
        .evaluateAll((all) => all.map((one) => one.innerText.trim()).filter(Boolean))
    const head = (name) => page.getByRole('columnheader').filter({ hasText: name })
    const width = async (name) => Math.round((await head(name).boundingBox()).width)
    await head('Waist').dragTo(head('Status'))
    assert.deepEqual((await heads()).slice(0, 5), [
      'Image',
      'SKU, batch',
      'Waist',
      'Status',
      'Neck',
    ])
    await button(page, 'Columns and rows').click()
    await button(page, 'Move Neck left').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    assert.equal(
      await page.evaluate(() => document.activeElement.getAttribute('aria-label')),
      'Move Neck left',
    )
    assert.deepEqual(await axe(page), [])
    await page.keyboard.press('Escape')
    assert.deepEqual((await heads()).slice(0, 4), ['Image', 'SKU, batch', 'Neck', 'Waist'])

    const before = await width('SKU')
    const handle = page.getByRole('separator', { name: 'Width of SKU, batch' })
    const { x, y, width: w, height: h } = await handle.boundingBox()
    await page.mouse.move(x + w / 2, y + h / 2)
    await page.mouse.down()
    await page.mouse.move(x + w / 2 + 60, y + h / 2, { steps: 5 })
    await page.mouse.up()
    await until(async () => Math.abs((await width('SKU')) - before - 60) <= 2)
    await page.keyboard.press('ArrowLeft')
    await until(async () => Math.abs((await width('SKU')) - before - 52) <= 2)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    assert.deepEqual(await axe(page), [])
    await page.reload()
    await rowOf(page, '0.jpg').waitFor()
    await head('Waist').waitFor() // the columns of shots may come after the rows
    assert.deepEqual((await heads()).slice(0, 4), ['Image', 'SKU, batch', 'Neck', 'Waist'])
    assert.ok(Math.abs((await width('SKU')) - before - 52) <= 2)
    await handle.dblclick()
    await until(async () => Math.abs((await width('SKU')) - before - 52) > 2)
    await button(page, 'Columns and rows').click()
    await button(page, 'Reset columns').click()
    await page.keyboard.press('Escape')
    await until(async () => (await width('SKU')) === before)
    assert.deepEqual((await heads()).slice(0, 3), ['Image', 'SKU, batch', 'Status'])
  },
)

pageCase(
  'rows that fail to load are reported, and load on retry',
  waiting,
  async ({ page, posecraft }) => {
    await submit(posecraft, 400)
    await page.reload()
    await rowOf(page, '399.jpg').waitFor()
    const later = /\/images\?.*offset=[1-9]/
    await page.route(later, (route) =>
      route.fulfill({
        status: 500,
        json: { error: { code: 'internal', message: 'Something went wrong.', hint: '' } },
      }),
    )
    await button(page, 'Go to the last row').click()
    await snackbar(page, 'The list could not be loaded.').waitFor()
    await page.unroute(later)
    await button(page, 'Try again').click()
    await rowOf(page, '0.jpg').waitFor()
  },
)

/** As over plain http to another machine: no locks and no storage estimate. */
const plainHttp = (page) =>
  page.addInitScript(() => {
    delete Navigator.prototype.locks
    delete Navigator.prototype.storage
  })

pageCase(
  'without locks: each tab has its own connection, and uploads resume after a reload',
  { ...waiting, prepare: plainHttp },
  async ({ page, posecraft }) => {
    await page.locator('[data-mode=live]').waitFor()
    const { pass } = await holdUploads(page)
    await choose(page, [dot(1), dot(2)])
    await until(() => copied(page).then((n) => n === 2))
    pass()
    await page.reload()
    await rowOf(page, 'dot-2.bmp').waitFor()
    assert.equal(await total(posecraft), 2)
    await page.locator('[data-mode=live]').waitFor()
  },
)

const gauge = async (posecraft) =>
  Number(
    /^posecraft_http_live_clients (\d+)$/m.exec(
      await (await posecraft.call('/metrics')).text(),
    )?.[1],
  )

test(
  'two tabs share one connection; the other takes over',
  { skip, timeout: CASE_MS },
  async () => {
    const posecraft = await startPosecraft('--workers', '0')
    try {
      const first = await openPage(browser, posecraft.url)
      const live = (page) => page.locator('[data-mode=live]').waitFor()
      await live(first.page)
      const second = await first.page.context().newPage()
      await second.goto(posecraft.url)
      await live(second)
      assert.equal(await gauge(posecraft), 1)
      await submit(posecraft, 1)
      await rowOf(first.page, '0.jpg').waitFor()
      await rowOf(second, '0.jpg').waitFor()
      await first.page.close()
      await submit(posecraft, 1, 1)
      await rowOf(second, '1.jpg').waitFor()
      await live(second)
      assert.equal(await gauge(posecraft), 1)
      assert.deepEqual(first.faults, [])
    } finally {
      await posecraft.stop()
    }
  },
)

/** A socket that stays open but silent, and a clock that runs fast. */
test('a connection that died without a word is noticed', { skip, timeout: CASE_MS }, async () => {
  const posecraft = await startPosecraft('--workers', '0')
  try {
    let mute = false
    let opened = 0
    const { page } = await openPage(browser, posecraft.url, {
      prepare: async (page) => {
        await page.clock.install()
        await page.routeWebSocket(/\/live$/, (socket) => {
          const quiet = ++opened === 1
          const server = socket.connectToServer()
          server.onMessage((message) => {
            if (!quiet || !mute) socket.send(message)
          })
        })
      },
    })
    await page.locator('[data-mode=live]').waitFor()
    mute = true
    await submit(posecraft, 1)
    await page.clock.fastForward(41_000)
    await page.clock.resume()
    await rowOf(page, '0.jpg').waitFor()
    await until(() => opened > 1)
    await page.locator('[data-mode=live]').waitFor()
  } finally {
    await posecraft.stop()
  }
})
