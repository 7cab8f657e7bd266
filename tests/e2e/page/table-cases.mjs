/** Cases about the table: selection and bulk actions, lists and batches, columns, language. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { axe, choose, transfer, openerOf, rowOf } from './browser.mjs'
import { images, one, pageCase, processed, snackbar, two } from './cases.mjs'

const waiting = { args: ['--workers', '0'] }
const selector = (page, name) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
const selected = (page, n) => page.getByText(`${n} selected`, { exact: true }).waitFor()
const button = (page, name) => page.getByRole('button', { name, exact: true })

const submit = (posecraft, body, query = '') =>
  posecraft.call(`/process-batch${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv' },
    body: `url,sku,label\n${body}`,
  })

const lines = (n) => Array.from({ length: n }, (_, at) => `https://a.example/${at}.jpg\n`).join('')

pageCase(
  'many at once: range, page, all matching; cancel, retry all failed, delete',
  waiting,
  async ({ page, posecraft }) => {
    await submit(posecraft, lines(60))
    await selector(page, '59.jpg').click()
    await selector(page, '55.jpg').click({ modifiers: ['Shift'] })
    await selected(page, 5)
    await selector(page, '57.jpg').click()
    await selected(page, 4)
    await button(page, 'Select all 60 matching').click()
    await selected(page, 60)
    await selector(page, '58.jpg').click()
    await selected(page, 59)
    await button(page, 'Cancel the selection').click()
    await snackbar(page, '59 images cancelled').waitFor()
    await page.getByRole('checkbox', { name: 'Select all matching images' }).click()
    await selected(page, 60)
    await button(page, 'Cancel the selection').click()
    await snackbar(page, '1 image cancelled').waitFor()
    await snackbar(page, /^59 skipped: Only an image that is processing can be cancelled/).waitFor()
    await page.getByRole('button', { name: /^Failed 60$/ }).click()
    await rowOf(page, '59.jpg')
      .getByText(/^Cancelled/)
      .waitFor()
    await button(page, 'Retry all failed').click()
    await snackbar(page, '60 images queued again').waitFor()
    await page.getByRole('button', { name: /^All 60$/ }).click()
    await selector(page, '59.jpg').click()
    await button(page, 'Select all 60 matching').click()
    await button(page, 'Delete the selection').click()
    const dialog = page.getByRole('dialog', { name: 'Delete 60 images?' })
    await button(dialog, 'Keep').click()
    await selected(page, 60)
    await button(page, 'Delete the selection').click()
    await button(dialog, 'Delete').click()
    await page.getByRole('heading', { name: 'Photos in, labelled shots out' }).waitFor()
    assert.equal((await images(posecraft)).length, 0)
  },
)

pageCase(
  'the selection by keyboard; skipped images are reported with the reason',
  {},
  async ({ page, host, posecraft }) => {
    await choose(page, [one])
    await processed(page, one.name).waitFor()
    await submit(posecraft, `${host.url}/gone.jpg\n`)
    await rowOf(page, 'gone.jpg').and(page.locator('[data-status=failed]')).waitFor()
    await page.locator('tbody tr').first().focus()
    await page.keyboard.press('Space')
    await selected(page, 1)
    await page.keyboard.press('Shift+ArrowDown')
    await selected(page, 2)
    await page.keyboard.press('r')
    await snackbar(page, '1 image queued again').waitFor()
    await snackbar(page, /^1 skipped: Only a failed image can be retried/).waitFor()
    await page.keyboard.press('Control+a')
    await selected(page, 2)
    await page.keyboard.press('Escape')
    await page.getByText('2 images', { exact: true }).waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await snackbar(page, '2 images deleted').waitFor()
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 2)
    assert.equal((await images(posecraft)).length, 2)
    await page.getByRole('checkbox', { name: 'Select all matching images' }).click()
    await button(page, 'Delete the selection').click()
    await page
      .getByRole('listitem')
      .filter({ hasText: '2 images deleted' })
      .getByRole('button', { name: 'Dismiss' })
      .click()
    await page.getByRole('heading', { name: 'Photos in, labelled shots out' }).waitFor()
    assert.equal((await images(posecraft)).length, 0)
  },
)

pageCase('a waiting image is cancelled', waiting, async ({ page, posecraft }) => {
  await submit(posecraft, 'https://a.example/slow.jpg\n')
  await button(page, 'Cancel slow.jpg').click()
  await snackbar(page, 'slow.jpg cancelled').waitFor()
  await rowOf(page, 'slow.jpg')
    .getByText(/^Cancelled/)
    .waitFor()
})

async function saved(page, link) {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  return readFile(await download.path())
}

pageCase('the view, and the selection, as a ZIP', {}, async ({ page }) => {
  await choose(page, [one, two])
  await processed(page, one.name).waitFor()
  await processed(page, two.name).waitFor()
  const all = await saved(page, button(page, 'Download all matching images as a ZIP file'))
  assert.equal(all.subarray(0, 2).toString(), 'PK')
  assert.ok(all.includes('manifest.csv'))
  await selector(page, one.name).click()
  const some = await saved(page, button(page, 'Download the selection as a ZIP file'))
  assert.ok(some.length < all.length)
  await button(page, 'Select all 2 matching').click()
  await selected(page, 2)
  await selector(page, two.name).click()
  await selected(page, 1)
  const rest = await saved(page, button(page, 'Download the selection as a ZIP file'))
  assert.equal(rest.length, some.length)
})

pageCase('a ZIP that cannot be had is explained', waiting, async ({ page, posecraft }) => {
  await submit(posecraft, lines(2))
  await page.getByRole('button', { name: /^Processing 2$/ }).click()
  await button(page, 'Download all matching images as a ZIP file').click()
  await snackbar(page, 'Only images that are ready have shots to download.').waitFor()
  await page.getByRole('button', { name: /^All 2$/ }).click()
  const zip = button(page, 'Download all matching images as a ZIP file')
  await page.route('**/images.zip', (route) =>
    route.fulfill({
      status: 503,
      json: { error: { code: 'records_unavailable', message: 'Away for now.', hint: '' } },
    }),
  )
  await zip.click()
  await snackbar(page, /^ZIP: /).waitFor()
  assert.equal(page.context().pages().length, 1)
})

pageCase(
  'CSV dropped: line numbers, a batch, SKUs; the batch is in the address bar',
  waiting,
  async ({ page, posecraft }) => {
    await submit(posecraft, 'https://a.example/other.jpg,,\n', '?batch=autumn')
    await rowOf(page, 'other.jpg').waitFor()
    const text = 'sku;url;label\nK-1;https://a.example/1.jpg;front\nK-2;nonsense;\n;;\nK-4;;back\n'
    const csv = { name: 'spring 27.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
    await transfer(page, 'drop', { files: [csv] })
    const dialog = page.getByRole('dialog', { name: 'Add images by URL' })
    await dialog.getByText('Line 3: nonsense is not a valid URL').waitFor()
    await dialog.getByText('Line 5: has no URL').waitFor()
    assert.equal(await dialog.getByLabel('Batch').inputValue(), 'spring 27')
    const template = await saved(page, dialog.getByRole('link', { name: 'Template' }))
    assert.match(template.toString(), /^url,sku,label\n/)
    await dialog.getByRole('button', { name: 'Fetch images' }).click()
    await snackbar(page, '1 URL accepted').waitFor()
    await snackbar(page, 'Line 3: nonsense is not a valid URL').waitFor()
    await rowOf(page, '1.jpg').getByText('K-1 · front').waitFor()
    await button(page, 'Only batch spring 27').click()
    await rowOf(page, 'other.jpg').waitFor({ state: 'detached' })
    assert.match(page.url(), /\?batch=spring\+27$/)
    await page.reload()
    await rowOf(page, '1.jpg').waitFor()
    assert.equal(await page.locator('tbody tr').count(), 1)
    await button(page, 'Show all batches').click()
    await rowOf(page, 'other.jpg').waitFor()
  },
)

pageCase('CSV pasted; uploads belong to the batch too', waiting, async ({ page, posecraft }) => {
  await page.getByLabel('Batch').fill('look book')
  await choose(page, [one])
  await rowOf(page, one.name).getByText('look book').waitFor()
  await page.getByRole('heading', { name: 'PoseCraft' }).click()
  await transfer(page, 'paste', { text: 'url,sku\nhttps://a.example/p.jpg,P-1\n' })
  await page.getByRole('dialog').getByRole('button', { name: 'Fetch images' }).click()
  await rowOf(page, 'p.jpg').getByText('P-1').waitFor()
  assert.deepEqual(
    (await images(posecraft)).map(({ batch }) => batch),
    ['look book', 'look book'],
  )
})

pageCase('columns and the size of rows are remembered', waiting, async ({ page, posecraft }) => {
  await submit(posecraft, lines(3))
  await rowOf(page, '0.jpg').waitFor()
  const height = () => page.locator('tbody tr').first().boundingBox()
  const normal = (await height()).height
  await button(page, 'Columns and rows').click()
  await page.getByRole('checkbox', { name: 'Sleeve' }).uncheck()
  await page.getByRole('radio', { name: 'Compact' }).check()
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('Escape')
  await page.reload()
  await rowOf(page, '0.jpg').waitFor()
  assert.equal(await page.getByRole('columnheader', { name: 'Sleeve' }).count(), 0)
  assert.equal(await page.getByRole('columnheader', { name: 'Waist' }).count(), 1)
  assert.ok((await height()).height < normal)
})

pageCase(
  'one image: people and keypoints with scores, advice, overlay, links',
  { permissions: ['clipboard-read', 'clipboard-write'] },
  async ({ page, posecraft }) => {
    await choose(page, [one])
    await processed(page, one.name).waitFor()
    await openerOf(page, one.name).click()
    const dialog = page.getByRole('dialog', { name: one.name })
    const person = dialog.getByRole('button', { name: /^Person 1 \d+% sure/ })
    await person.click()
    assert.equal(await person.getAttribute('aria-pressed'), 'true')
    await dialog.getByText('Keypoints').click()
    await dialog.getByText('left shoulder').waitFor()
    const overlay = await dialog
      .getByRole('link', { name: 'Photo with overlay' })
      .getAttribute('href')
    const answer = await posecraft.call(new URL(overlay).pathname)
    assert.equal(answer.headers.get('Content-Type'), 'image/jpeg')
    const [{ shots }] = await images(posecraft)
    const { url } = shots.find(({ label }) => label === 'neck')
    await dialog.getByRole('button', { name: /^Neck/ }).click()
    await dialog.getByRole('button', { name: 'Copy link' }).click()
    await snackbar(page, 'Link copied').waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    assert.equal(copied, new URL(url, posecraft.url).href)
  },
)

pageCase('German, remembered, with German numbers and texts', {}, async ({ page, host }) => {
  await button(page, 'EN, language: English. Switch to the next language').click()
  await page.getByRole('heading', { name: 'Fotos hinein, benannte Ausschnitte heraus' }).waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de')
  await transfer(page, 'paste', { text: `${host.url}/weg.jpg\n` })
  await page.getByRole('row').filter({ hasText: 'weg.jpg' }).first().waitFor() // a reload before would end the request
  await page.reload()
  await page.getByText('Unter der URL war kein Bild abrufbar.').waitFor()
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Hilfe' }).waitFor()
  await page.keyboard.press('Escape')
  await button(page, 'DE, Sprache: Deutsch. Zur nächsten Sprache wechseln').click()
  await button(page, 'Browse files').waitFor()
})

pageCase('help explains the states and leads to the page of the API', {}, async ({ page }) => {
  await button(page, 'Help and keyboard shortcuts').click()
  const help = page.getByRole('dialog', { name: 'Help' })
  for (const state of ['Partial', 'Absent', 'Review'])
    await help.getByText(state, { exact: true }).waitFor()
  await help.getByText('the rest is outside the photo').waitFor()
  assert.deepEqual(await axe(page), [])
  const [docs] = await Promise.all([
    page.waitForEvent('popup'),
    help.getByRole('link', { name: /API$/ }).click(),
  ])
  await docs.getByRole('heading', { level: 1 }).waitFor()
  assert.equal(new URL(docs.url()).pathname, '/docs')
})

for (const colorScheme of ['light', 'dark'])
  pageCase(
    `axe finds nothing in the selection, ${colorScheme}`,
    { ...waiting, colorScheme },
    async ({ page, posecraft }) => {
      await submit(posecraft, 'https://a.example/1.jpg,K-1,front\n', '?batch=spring')
      await selector(page, '1.jpg').click()
      await selected(page, 1)
      assert.deepEqual(await axe(page), [])
      await page.setViewportSize({ width: 360, height: 780 })
      await page.waitForFunction(() => innerWidth === 360)
      assert.deepEqual(await axe(page), [], 'narrow')
      assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        true,
        'nothing sticks out at 360 px',
      )
    },
  )

pageCase(
  'counts follow the rows: a row beyond the end, images that leave the filter and are removed',
  { ...waiting, path: '/?row=301' },
  async ({ page, posecraft }) => {
    await submit(posecraft, lines(150))
    const position = page.getByRole('navigation', { name: 'Position in the list' })
    const shown = (text) => position.getByText(text).waitFor()
    await page.reload()
    await shown(/–150 of 150$/)
    await button(page, 'Go to the first row').click()
    await shown(/^1–\d+ of 150$/)
    // Nothing failed yet; while the answer is on its way, the page does not know that.
    await page.getByRole('button', { name: /^Failed 0$/ }).click()
    await page.getByText('No matches').waitFor()
    let answer
    const answered = new Promise((resolve) => (answer = resolve))
    await page.route(/\/images\?.*status=pending/, async (route) => {
      await answered
      await route.continue()
    })
    await page.getByRole('button', { name: /^Processing 150$/ }).click()
    await page.getByText('Loading images').waitFor()
    assert.equal(await page.getByText('No matches').count(), 0)
    answer()
    await shown(/ of 150$/)
    const all = await images(posecraft)
    const change = (action, some) =>
      posecraft.call(`/images/${action}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ids: some.map(({ id }) => id) }),
      })
    await change('cancel', all.slice(0, 60))
    await shown(/ of 90$/)
    await page.getByRole('button', { name: /^Failed 60$/ }).waitFor()
    await button(page, 'Go to the last row').click()
    await shown(/–90 of 90$/)
    await change('delete', all.slice(60, 98))
    await shown(/ of 52$/)
    await submit(posecraft, lines(151).split('\n').slice(150).join('\n'))
    await shown(/ of 53$/)
  },
)
