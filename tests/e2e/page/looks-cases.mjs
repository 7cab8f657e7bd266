/** Cases about speed, accessibility, the size of the scripts, and the screenshots of docs/page. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  axe,
  CASE_MS,
  choose,
  holdUploads,
  openerOf,
  openPage,
  rowOf,
  screenshot,
} from './browser.mjs'
import { browser, images, notes, one, pageCase, processed, skip } from './cases.mjs'
import { testImages, showable, startHost } from './test-images.mjs'
import { root, share, startPosecraft } from './posecraft.mjs'

test('a thousand rows: few of them rendered', { skip, timeout: CASE_MS }, async (t) => {
  const posecraft = await startPosecraft('--workers', '0')
  try {
    const urls = Array.from({ length: 1000 }, (_, n) => `https://pictures.example/look-${n}.jpg`)
    await posecraft.call('/process-batch', {
      method: 'POST',
      body: urls.join('\n'),
      headers: { 'Content-Type': 'text/plain' },
    })
    const { page, faults } = await openPage(browser, posecraft.url, {
      path: '/',
    })
    await page.locator('tbody tr').first().waitFor()
    const firstRowMs = Math.round(await page.evaluate(() => performance.now()))
    t.diagnostic(`first row after ${firstRowMs} ms`)
    assert.ok((await page.locator('tbody tr').count()) < 60)
    await page.locator('tbody tr').first().focus()
    await page.keyboard.press('End')
    await rowOf(page, 'look-0.jpg').waitFor()
    assert.deepEqual(faults, [])
  } finally {
    await posecraft.stop()
  }
})

for (const colorScheme of ['light', 'dark'])
  pageCase(
    `axe finds nothing, ${colorScheme}`,
    { colorScheme },
    async ({ page, host, posecraft }) => {
      await page.getByRole('heading', { name: 'Photos in, labelled shots out' }).waitFor()
      assert.deepEqual(await axe(page), [], 'empty')
      await posecraft.call('/process-batch', {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain' },
        body: `${host.url}/nothing-here.jpg`,
      })
      // An open list stays; a closed one is gone a while after its last upload.
      const { letGo } = await holdUploads(page)
      await choose(page, [...testImages.slice(0, 6), notes])
      await page.getByRole('button', { name: 'Show files' }).click()
      letGo()
      await rowOf(page, 'nothing-here.jpg').and(page.locator('[data-status=failed]')).waitFor()
      for (const { name } of testImages.slice(0, 6)) await processed(page, name).waitFor()
      assert.deepEqual(await axe(page), [], 'table, snackbar and uploads')
      await openerOf(page, one.name).click()
      await page.getByRole('dialog').locator('svg circle').first().waitFor()
      assert.deepEqual(await axe(page), [], 'one image')
      await page.keyboard.press('Escape')
      await page.keyboard.press('a')
      await page.getByLabel('URLs, one per line, or CSV').fill('nonsense')
      assert.deepEqual(await axe(page), [], 'URLs')
      await page.keyboard.press('Escape')
      await page.setViewportSize({ width: 360, height: 780 })
      assert.deepEqual(await axe(page), [], 'narrow')
      assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        true,
        'nothing sticks out at 360 px',
      )
    },
  )

test('the scripts of the first load weigh at most 200 kB gzipped', { skip }, (t) => {
  const folder = path.join(share, 'page')
  const weigh = (file) => gzipSync(readFileSync(path.join(folder, file))).length
  const first = readFileSync(path.join(folder, 'index.html'), 'utf8').match(
    /[^"/]*\/?[^"/]+\.js(?=")/g,
  )
  const all = readdirSync(path.join(folder, 'assets')).filter((name) => name.endsWith('.js'))
  const sum = (files) => files.reduce((bytes, file) => bytes + weigh(file), 0)
  const bytes = sum(first)
  const rest = sum(all.map((name) => `assets/${name}`)) - bytes
  t.diagnostic(
    `${(bytes / 1000).toFixed(1)} kB gzipped, ${(rest / 1000).toFixed(1)} kB when asked for`,
  )
  assert.ok(bytes > 50_000 && bytes <= 200_000)
})

const screenshots =
  skip ||
  (process.env.UPDATE_SCREENSHOTS !== '1' && 'UPDATE_SCREENSHOTS is not 1') ||
  (showable().length === 0 && 'the program that draws figures is not built') ||
  false

test('screenshots', { skip: screenshots, timeout: CASE_MS }, async () => {
  const posecraft = await startPosecraft()
  const host = await startHost()
  const folder = path.join(root, 'docs/page')
  const wide = { width: 1360, height: 860 }
  const looks = [
    ['light', { colorScheme: 'light', viewport: wide }],
    ['dark', { colorScheme: 'dark', viewport: wide }],
    ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 780 } }],
  ]
  try {
    for (const [at, { name, mimeType, buffer }] of showable().reverse().entries())
      await posecraft.call(
        `/process?${new URLSearchParams({ name, sku: `PC-${1001 + at}`, batch: 'spring' })}`,
        { method: 'POST', headers: { 'Content-Type': mimeType }, body: buffer },
      )
    await posecraft.call('/process-batch?batch=links', {
      method: 'POST',
      headers: { 'Content-Type': 'text/csv' },
      body: `url,sku\n${host.url}/look-27.jpg,PC-1027\n`,
    })
    const shown = (await images(posecraft)).find(({ name }) => name === 'mustard-sweat.bmp')
    for (const [name, options] of looks) {
      const { page, close } = await openPage(browser, posecraft.url, options)
      await page.getByRole('button', { name: /^Processing 0$/ }).waitFor()
      await screenshot(page, path.join(folder, `${name}.png`))
      await page
        .getByRole('checkbox', { name: /^Select (?!all)/ })
        .nth(1)
        .click()
      await page
        .getByRole('checkbox', { name: /^Select (?!all)/ })
        .nth(3)
        .click({ modifiers: ['Shift'] })
      await screenshot(page, path.join(folder, `${name}-selection.png`))
      await page.goto(`${posecraft.url}/?image=${shown.id}`)
      await page.getByRole('dialog').locator('svg circle').first().waitFor()
      await screenshot(page, path.join(folder, `${name}-image.png`))
      await page.goto(`${posecraft.url}/?recipes`)
      const recipes = page.getByRole('dialog', { name: 'Recipes' })
      const text = recipes.getByRole('textbox', { name: 'Recipes as JSON' })
      await text.fill((await text.inputValue()).replace('["1:1", "4:3"]', '"1:1"'))
      await recipes.getByText(/of \d+ images would change/).waitFor()
      await screenshot(page, path.join(folder, `${name}-recipes.png`))
      await close()
    }
  } finally {
    await Promise.allSettled([host.stop(), posecraft.stop()])
  }
})
