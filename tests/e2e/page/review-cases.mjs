/** Cases about the review: one image after the other, decisions by key and by touch, sent in the background. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { axe, screenshot } from './browser.mjs'
import { snackbar } from './cases.mjs'
import { cut, detail, figure, editCase, pair, shotOf, until } from './edit-helpers.mjs'
import { root } from './posecraft.mjs'

const button = (page, name) => page.getByRole('button', { name, exact: true })
const article = (page, name) => page.getByRole('article', { name, exact: true })
const said = (page, text) => page.getByRole('status').getByText(text).waitFor()

/** Adds n images that need review, in the order in which they are shown. */
async function waiting(posecraft, n, batch) {
  const ids = []
  for (let at = 0; at < n; at++) ids.push(await cut(posecraft, pair(at), batch))
  return ids
}

async function review(page, { url }, query = '') {
  await page.goto(`${url}/?review${query}`)
  await article(page, 'pair-0.bmp').waitFor()
}

editCase(
  'review by keyboard alone: accept, reject with a reason, skip, undo, to the end with rates',
  {},
  async ({ page, posecraft }) => {
    const ids = await waiting(posecraft, 4)
    await cut(posecraft, figure(7)) // Nothing is wrong with it: it is not asked about.
    await page.reload()
    await page.getByRole('button', { name: 'Review, 4 images to review' }).click()
    assert.match(page.url(), /\?review$/)
    await article(page, 'pair-0.bmp').waitFor()
    await page.keyboard.press('a')
    await article(page, 'pair-1.bmp').waitFor()
    await said(page, 'Accepted, 3 left')
    await until(posecraft, ids[0], (image) => image.review === 'approved', 'the approval')
    await page.keyboard.press('r')
    await page.getByRole('dialog', { name: 'Why do you reject pair-1.bmp?' }).waitFor()
    assert.deepEqual(await axe(page), [], 'reasons')
    await page.keyboard.press('2')
    await article(page, 'pair-2.bmp').waitFor()
    await said(page, 'Rejected, 2 left')
    const rejected = await until(posecraft, ids[1], ({ review }) => review === 'rejected', 'it')
    assert.equal(shotOf(rejected, 'neck').verdict.reason, 'cut_off')
    await page.keyboard.press('u')
    await article(page, 'pair-1.bmp').waitFor()
    await until(posecraft, ids[1], (image) => image.review === 'none', 'the undo')
    await page.keyboard.press('r')
    await page.getByRole('dialog').waitFor()
    await page.getByLabel('Another reason').fill('wrong 1 colour')
    await page.keyboard.press('Enter')
    await article(page, 'pair-2.bmp').waitFor()
    await page.keyboard.press('n')
    await article(page, 'pair-3.bmp').waitFor()
    await page.keyboard.press('ArrowLeft')
    await article(page, 'pair-2.bmp').waitFor()
    await page.keyboard.press('ArrowRight')
    await article(page, 'pair-3.bmp').waitFor()
    await page.keyboard.press('a')
    await page.getByRole('heading', { name: 'All reviewed' }).waitFor()
    await page.getByText('1 image skipped').waitFor()
    await page.getByText('2 of 3').first().waitFor()
    await page.getByText('most often rejected: wrong 1 colour (1)').first().waitFor()
    assert.deepEqual(await axe(page), [], 'the end')
    await button(page, 'Review skipped images').click()
    await article(page, 'pair-2.bmp').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Help' }).getByText('Undo the last decision').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('a')
    await page.getByText('You reviewed 4 images.').waitFor()
    await page.locator('main').getByRole('button', { name: 'Back to the table' }).last().click()
    await page.getByRole('button', { name: 'Review, nothing to review' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'All reviewed' }).waitFor()
  },
)

editCase(
  'the number of images to review follows a decision that is saved after the review was left',
  {},
  async ({ page, posecraft }) => {
    await waiting(posecraft, 1)
    await review(page, posecraft)
    let save
    const saving = new Promise((resolve) => (save = resolve))
    await page.route('**/images/*/review', async (route) => {
      await saving
      await route.continue()
    })
    await page.keyboard.press('a')
    await page.locator('main').getByRole('button', { name: 'Back to the table' }).last().click()
    await page.getByRole('button', { name: 'Review, 1 image to review' }).waitFor()
    const asked = page.waitForRequest(/attention=true/)
    save()
    await asked
    await page.getByRole('button', { name: 'Review, nothing to review' }).waitFor()
  },
)

editCase(
  'a decision on one shot; the next undecided one is chosen, the rest accepted together',
  {},
  async ({ page, posecraft }) => {
    const [id] = await waiting(posecraft, 2)
    await review(page, posecraft)
    await page.keyboard.press('2')
    const sleeve = page.getByRole('button', { name: /^2 Sleeve view/ })
    assert.equal(await sleeve.getAttribute('aria-pressed'), 'true')
    await page.getByText('Only Sleeve').waitFor()
    await page.keyboard.press('r')
    await page.getByRole('dialog', { name: 'Why do you reject Sleeve view?' }).waitFor()
    await page.keyboard.press('r')
    await said(page, 'Sleeve view: Rejected')
    await page.getByText('Only Zoom').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Only Zoom').waitFor({ state: 'detached' })
    await page.keyboard.press('a')
    await article(page, 'pair-1.bmp').waitFor()
    const done = await until(posecraft, id, ({ shots }) => shots.every((one) => one.verdict), 'all')
    assert.deepEqual(
      done.shots.map(({ verdict }) => verdict.verdict),
      ['approved', 'rejected', 'approved', 'approved', 'approved'],
    )
    await page.keyboard.press('u')
    await article(page, 'pair-0.bmp').waitFor()
    const open = await until(posecraft, id, (image) => !shotOf(image, 'neck').verdict, 'the undo')
    assert.equal(shotOf(open, 'sleeve').verdict.verdict, 'rejected')
  },
)

editCase(
  'Ctrl+Z takes back the last decision or the crop that was saved after it, whichever is newer',
  {},
  async ({ page, posecraft }) => {
    const [first, second] = await waiting(posecraft, 2)
    await review(page, posecraft)
    await page.keyboard.press('a')
    await article(page, 'pair-1.bmp').waitFor()
    await page.keyboard.press('e')
    await page.getByRole('button', { name: /^Crop frame of / }).waitFor()
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Enter')
    await snackbar(page, /: crop saved$/).waitFor()
    const byHand = ({ shots }) => shots.some(({ by }) => by)
    await until(posecraft, second, byHand, 'the crop')
    await page.keyboard.press('Control+z')
    await until(posecraft, second, (image) => !byHand(image), 'the undo of the crop')
    await page.keyboard.press('Control+z')
    await article(page, 'pair-0.bmp').waitFor()
    await until(posecraft, first, (image) => image.review === 'none', 'the undo of the decision')
    await page.keyboard.press('r')
    await page.getByLabel('Another reason').fill('wrong')
    await page.keyboard.press('Control+z')
    await page.getByRole('dialog').waitFor()
  },
)

editCase(
  'a decision that is not saved is reported, the image comes back, and it is sent again',
  {},
  async ({ page, posecraft }) => {
    const ids = await waiting(posecraft, 3)
    await review(page, posecraft)
    const refuse = (status, code) => (route) =>
      route.fulfill({ status, json: { error: { code, message: 'No.', hint: '' } } })
    await page.route('**/images/*/review', refuse(507, 'store_full'))
    await page.keyboard.press('a')
    await article(page, 'pair-1.bmp').waitFor()
    await snackbar(page, 'The decision on pair-0.bmp was not saved: No.').waitFor()
    await page.getByText('0 done, 3 left').waitFor()
    await page.unroute('**/images/*/review')
    await button(page, 'Retry').click()
    await until(posecraft, ids[0], (image) => image.review === 'approved', 'the second try')
    await page.route('**/images/*/review', refuse(409, 'changed_meanwhile'))
    await page.keyboard.press('a')
    await article(page, 'pair-2.bmp').waitFor()
    await snackbar(page, /^Somebody else changed pair-1.bmp in the meantime/).waitFor()
    await button(page, 'Show it').click()
    await article(page, 'pair-1.bmp').waitFor()
    await page.unroute('**/images/*/review')
    await page.keyboard.press('a')
    await until(posecraft, ids[1], (image) => image.review === 'approved', 'the approval')
    await page.getByText('2 done, 1 left').waitFor()
  },
)

editCase(
  'images that somebody else reviewed or deleted disappear; new ones appear',
  {},
  async ({ page, posecraft }) => {
    const ids = await waiting(posecraft, 3)
    await review(page, posecraft)
    await page.getByText('0 done, 3 left').waitFor()
    await posecraft.call(`/images/${ids[1]}/review`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ verdict: 'approved' }),
    })
    await posecraft.call(`/images/${ids[2]}`, { method: 'DELETE' })
    await page.getByText('0 done, 1 left').waitFor()
    await cut(posecraft, pair(3))
    await page.getByText('0 done, 2 left').waitFor()
    await page.keyboard.press('a')
    await article(page, 'pair-3.bmp').waitFor()
  },
)

editCase(
  'crop and person changed during the review, and accepted immediately',
  {},
  async ({ page, posecraft }) => {
    const [id] = await waiting(posecraft, 2)
    const before = await detail(posecraft, id)
    await review(page, posecraft)
    await page.keyboard.press('w')
    const other = await until(posecraft, id, ({ person }) => person !== before.person, 'the other')
    assert.notDeepEqual(shotOf(other, 'neck').box, shotOf(before, 'neck').box)
    await page.keyboard.press('1')
    await page.keyboard.press('e')
    await page.getByRole('button', { name: /^Crop frame of Neck view/ }).waitFor()
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('1')
    await page.keyboard.press('a')
    await article(page, 'pair-1.bmp').waitFor()
    const done = await until(posecraft, id, ({ review }) => review === 'approved', 'the approval')
    assert.equal(shotOf(done, 'neck').by, 'hand')
    assert.equal(shotOf(done, 'neck').verdict.first, 'corrected')
    assert.equal(shotOf(done, 'zoom').verdict.first, 'approved')
  },
)

editCase(
  'a batch by its URL, by touch at 360 px',
  { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true },
  async ({ page, posecraft }) => {
    const [id] = await waiting(posecraft, 1, 'spring')
    await cut(posecraft, pair(4), 'autumn')
    await review(page, posecraft, '&batch=spring')
    await page.getByText('0 done, 1 left').waitFor()
    assert.deepEqual(await axe(page), [])
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth <= 360),
      true,
      'nothing sticks out',
    )
    await button(page, 'Reject').tap()
    await button(page, 'Crop is too tight').tap()
    await page.getByRole('heading', { name: 'All reviewed' }).waitFor()
    const done = await until(posecraft, id, ({ review }) => review === 'rejected', 'the verdict')
    assert.equal(shotOf(done, 'zoom').verdict.reason, 'too_tight')
    await button(page, 'All batches').tap()
    await article(page, 'pair-4.bmp').waitFor()
  },
)

for (const colorScheme of ['light', 'dark'])
  editCase(
    `reviewing, axe finds nothing, ${colorScheme}`,
    { colorScheme, reducedMotion: 'reduce' },
    async ({ page, posecraft }) => {
      await page.goto(`${posecraft.url}/?review`)
      await page.getByText('No images are waiting for review.').waitFor()
      assert.deepEqual(await axe(page), [], 'nothing to review')
      await waiting(posecraft, 2)
      await article(page, 'pair-0.bmp').waitFor() // They come by themselves.
      await page.keyboard.press('3')
      await button(page, 'Rates').click()
      await page.getByRole('heading', { name: 'Accepted at first review' }).waitFor()
      assert.deepEqual(await axe(page), [], 'an image')
      await page.keyboard.press('e')
      await page.getByRole('button', { name: /^Crop frame of Zoom view/ }).waitFor()
      assert.deepEqual(await axe(page), [], 'its crop')
    },
  )

const unwanted = process.env.UPDATE_SCREENSHOTS !== '1' && 'UPDATE_SCREENSHOTS is not 1'
const wide = { width: 1360, height: 860 }
const looks = [
  ['light', { colorScheme: 'light', viewport: wide }],
  ['dark', { colorScheme: 'dark', viewport: wide }],
  ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 780 }, hasTouch: true }],
]

for (const [look, options] of unwanted ? [] : looks)
  editCase(`screenshots of reviewing and correcting, ${look}`, options, async (given) => {
    const { page, posecraft } = given
    const kept = (name) => screenshot(page, path.join(root, 'docs/page', `${look}-${name}.png`))
    const ids = await waiting(posecraft, 3, 'spring')
    for (let n = 0; n < 6; n++) ids.push(await cut(posecraft, figure(n), 'spring'))
    await review(page, posecraft)
    await kept('review')
    await page.goto(`${posecraft.url}/?image=${ids[0]}`)
    await page.getByRole('button', { name: /^Person 1 / }).click()
    await button(page, 'Use this person').scrollIntoViewIfNeeded()
    await kept('person')
    await page.goto(`${posecraft.url}/?image=${ids[3]}&shot=waist`)
    await button(page, 'Adjust crop').click()
    await page.getByRole('button', { name: /^Crop frame of / }).waitFor()
    for (let n = 0; n < 5; n++) await page.keyboard.press('Shift+ArrowUp')
    await kept('crop')
    await page.keyboard.press('Enter')
    await button(page, 'Apply this shift to the batch').click()
    await page.getByText(/would change/).waitFor()
    await kept('shift')
  })

/** An image without a person, which needs review; n makes it another one. */
function plain(n) {
  const [wide, high] = [120, 160]
  const buffer = Buffer.alloc(54 + wide * high * 3, 200)
  buffer.fill(0, 0, 54)
  buffer.write('BM')
  buffer.writeUInt32LE(buffer.length, 2)
  buffer.writeUInt32LE(54, 10)
  buffer.writeUInt32LE(40, 14)
  buffer.writeInt32LE(wide, 18)
  buffer.writeInt32LE(high, 22)
  buffer.writeUInt16LE(1, 26)
  buffer.writeUInt16LE(24, 28)
  buffer[54] = n
  return { name: `plain-${n}.bmp`, mimeType: 'image/bmp', buffer }
}

editCase(
  'header, filter, rows and position agree on what is to be reviewed while it changes',
  {},
  async ({ page, posecraft }) => {
    const ids = []
    for (let n = 0; n < 5; n++) ids.push(await cut(posecraft, plain(n)))
    await cut(posecraft, figure(7)) // Nothing is wrong with it.
    const agree = async (n, all) => {
      const are = n === 1 ? '1 image' : `${n} images`
      const header = n === 0 ? 'Review, nothing to review' : `Review, ${are} to review`
      await page.getByRole('button', { name: header, exact: true }).waitFor()
      await page.getByRole('button', { name: new RegExp(`^To review ${n}$`) }).waitFor()
      await page.getByRole('button', { name: new RegExp(`^All ${all}$`) }).waitFor()
      await page.waitForFunction(
        (wanted) => document.querySelectorAll('tbody tr[data-row]').length === wanted,
        n,
      )
      const position = page.getByRole('navigation', { name: 'Position in the list' })
      if (n > 1) await position.getByText(`1–${n} of ${n}`, { exact: true }).waitFor()
    }
    const decide = (id, verdict) =>
      posecraft.call(`/images/${id}/review`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(verdict),
      })
    await page.reload()
    await page.getByRole('button', { name: /^To review 5$/ }).click()
    await agree(5, 6)
    await decide(ids[1], { verdict: 'approved' })
    await agree(4, 6)
    await decide(ids[3], { verdict: 'rejected', reason: 'other' })
    await agree(3, 6)
    await cut(posecraft, plain(5))
    await agree(4, 7)
    await cut(posecraft, figure(6)) // It is not to be reviewed either.
    await agree(4, 8)
    await posecraft.call(`/images/${ids[0]}`, { method: 'DELETE' })
    await agree(3, 7)
    await decide(ids[1], { verdict: 'none' }) // The approval is taken back.
    await agree(4, 7)
    await page.getByRole('button', { name: /^All 7$/ }).click()
    await page.getByRole('button', { name: /^To review 4$/ }).waitFor()
    await page.waitForFunction(() => document.querySelectorAll('tbody tr[data-row]').length === 7)
    assert.equal(await page.locator('tbody tr').filter({ hasText: 'To review' }).count(), 4)
  },
)
