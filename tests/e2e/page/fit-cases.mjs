/** Cases about space: everything fits into narrow windows, and nothing covers what must be reached. */
import assert from 'node:assert/strict'
import { openPage, rowOf } from './browser.mjs'
import { browser } from './cases.mjs'
import { cut, editCase, figure, pair } from './edit-helpers.mjs'

/** What leaves the window to the left or right, unless an ancestor scrolls it or cuts it off with an ellipsis; and the
 * width of the document, where it is too wide. Texts that are cut off without an ellipsis are named too. */
const overflowing = (page) =>
  page.evaluate(async () => {
    await Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity)
        .map(({ finished }) => finished),
    )
    const width = document.documentElement.clientWidth
    const found = []
    const wide = document.documentElement.scrollWidth
    if (wide > width) found.push(`the document is ${wide} px wide`)
    const top = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body
    const isClipped = (element) => {
      for (let at = element.parentElement; at && at !== top.parentElement; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at)
        if (overflowX === 'auto' || overflowX === 'scroll') return true
        if (overflowX === 'hidden' && at.tagName !== 'DIALOG' && at !== document.body) return true
      }
      return false
    }
    for (const element of top.querySelectorAll('*')) {
      const { left, right, width: own, height } = element.getBoundingClientRect()
      if (own <= 1 || height <= 1 || element.closest('.visually-hidden, svg *')) continue
      if ((left < -0.5 || right > width + 0.5) && !isClipped(element))
        found.push(
          `${element.tagName} ${element.className} ${left} to ${right}: ${element.textContent.slice(0, 60)}`,
        )
      const { overflowX, fontSize, scrollbarWidth } = getComputedStyle(element)
      const cut = element.scrollWidth > element.clientWidth + 1
      if (cut && overflowX === 'auto' && scrollbarWidth === 'none')
        found.push(`scrolls without showing it: ${element.tagName} ${element.className}`)
      const isText =
        element.matches('button, a, p, h1, h2, h3, label, dt, dd') && fontSize !== '0px'
      if (
        isText &&
        cut &&
        overflowX === 'visible' &&
        element.clientWidth > 1 &&
        !element.closest('[class*=editor] textarea')
      )
        found.push(
          `text leaves its box: ${element.tagName} ${element.className}: ${element.textContent.slice(0, 60)}`,
        )
    }
    return [...new Set(found)].slice(0, 12)
  })

const languages = [
  {
    locale: 'en-US',
    width: 320,
    help: 'Help',
    edit: 'Adjust crop',
    layout: 'Columns and rows',
    urls: 'Add URLs',
  },
  {
    locale: 'de-DE',
    width: 360,
    help: 'Hilfe',
    edit: 'Ausschnitt anpassen',
    layout: 'Spalten und Zeilen',
    urls: 'URLs hinzufügen',
  },
]

for (const { locale, width, ...text } of languages)
  editCase(`nothing leaves a window of ${width} px, ${locale}`, {}, async ({ posecraft, host }) => {
    const { page, faults, close } = await openPage(browser, posecraft.url, {
      locale,
      viewport: { width, height: 740 },
      hasTouch: true,
    })
    const all = {}
    const fits = async (what) => {
      if (process.env.FIT_SHOTS)
        await page.screenshot({
          path: `${process.env.FIT_SHOTS}/${locale}-${what.replaceAll(' ', '-')}.png`,
        })
      const found = await overflowing(page)
      if (found.length > 0) all[what] = found
    }
    await page.locator('h1, h2').first().waitFor()
    await fits('empty')
    const id = await cut(posecraft, figure(0), 'a batch with a rather long name')
    await cut(posecraft, { ...pair(1), name: `${'long-name-'.repeat(8)}.bmp` })
    await posecraft.call('/process-batch?batch=spring', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: `${host.url}/nothing-here.jpg`,
    })
    await page.locator('tbody tr[data-status=failed]').waitFor()
    await fits('table')
    await page.locator('tbody input[type=checkbox]').first().click()
    await page.locator('[data-selecting]').waitFor()
    await fits('selection')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: text.layout }).click()
    await page.getByRole('dialog').waitFor()
    await fits('columns')
    await page.keyboard.press('Escape')
    await page.keyboard.press('a')
    await page.getByRole('dialog').waitFor()
    await fits('URLs')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: text.help }).waitFor()
    await fits('help')
    await page.goto(`${posecraft.url}/?image=${id}`)
    await page.getByRole('dialog').locator('svg circle').first().waitFor()
    await fits('image')
    await page.goto(`${posecraft.url}/?image=${id}&shot=neck`)
    await page.getByRole('button', { name: text.edit, exact: true }).click()
    await page.locator('[data-handle=se]').waitFor()
    await fits('edit')
    await page.goto(`${posecraft.url}/?review`)
    await page.getByRole('article').waitFor()
    await fits('review')
    await page.keyboard.press('r')
    await page.getByRole('dialog').waitFor()
    await fits('reasons')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await fits('help of the review')
    await page.keyboard.press('Escape')
    await page.keyboard.press('a')
    await page.getByRole('article').waitFor({ state: 'detached' })
    await fits('end of the review')
    await page.goto(`${posecraft.url}/?recipes`)
    await page.getByRole('dialog').getByRole('textbox').first().waitFor()
    await page.waitForLoadState('networkidle')
    await fits('recipes')
    assert.deepEqual(all, {})
    assert.deepEqual(faults, [])
    await close()
  })

/** The buttons and the like inside the locator whose middle is covered by something else. */
const coveredIn = (locator) =>
  locator.evaluate((row) =>
    [...row.querySelectorAll('button, a, input')].flatMap((element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      if (width <= 1) return []
      const hit = document.elementFromPoint(left + width / 2, top + height / 2)
      if (hit && (element.contains(hit) || hit.contains(element))) return []
      return [
        `${element.getAttribute('aria-label') ?? element.textContent} below ${hit?.outerHTML.slice(0, 90)}`,
      ]
    }),
  )

for (const viewport of [
  { width: 1280, height: 700 },
  { width: 360, height: 700 },
])
  editCase(
    `neither notifications nor the position in the list cover the last row, ${viewport.width} px`,
    { args: ['--workers', '0'], viewport },
    async ({ page, posecraft }) => {
      const urls = Array.from({ length: 30 }, (_, n) => `https://a.example/${n}.jpg`)
      await posecraft.call('/process-batch', {
        method: 'POST',
        headers: { 'Content-Type': 'text/plain' },
        body: urls.join('\n'),
      })
      const last = rowOf(page, '0.jpg')
      await rowOf(page, '29.jpg').focus()
      await page.keyboard.press('End')
      await last.waitFor()
      await page.waitForFunction(() => document.activeElement?.matches('tr[data-row="29"]'))
      assert.deepEqual(await coveredIn(last), [], 'reached by key')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Delete')
      await page.getByRole('button', { name: 'Undo' }).waitFor()
      await page.getByRole('button', { name: 'Undo' }).focus() // It stays.
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
      await page.waitForFunction(
        () => scrollY + innerHeight >= document.documentElement.scrollHeight - 1,
      )
      assert.deepEqual(await coveredIn(last), [], 'with a notification')
      await page.evaluate(() =>
        scrollTo(0, document.documentElement.scrollHeight - innerHeight - 300),
      )
      await last.getByRole('button').last().focus()
      await page.waitForTimeout(200)
      const focused = await page.evaluate(() => {
        const { left, top, width, height } = document.activeElement.getBoundingClientRect()
        return document.activeElement.contains(
          document.elementFromPoint(left + width / 2, top + height / 2),
        )
      })
      assert.equal(focused, true, 'what gets the focus is not covered')
    },
  )
