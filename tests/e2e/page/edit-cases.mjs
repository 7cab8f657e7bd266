/** Cases about manual edits: adjusted crops, another person, a shifted batch. */
import assert from 'node:assert/strict'
import { axe, rowOf } from './browser.mjs'
import { snackbar } from './cases.mjs'
import { cut, detail, distance, figure, editCase, pair, shotOf, until } from './edit-helpers.mjs'

const frameOf = (page) => page.getByRole('button', { name: /^Crop frame of / })
const handle = (page, name) => page.locator(`[data-handle=${name}]`)
const button = (page, name) => page.getByRole('button', { name, exact: true })
const field = (page, name) => page.getByLabel(name, { exact: true })
const numbers = (page) =>
  Promise.all(
    ['Left', 'Top', 'Width', 'Height'].map(async (name) =>
      Number(await field(page, name).inputValue()),
    ),
  )

async function openEditor(page, url, id, label = 'neck') {
  await page.goto(`${url}/?image=${id}&shot=${label}`)
  await button(page, 'Adjust crop').click()
  await frameOf(page).waitFor()
}

editCase(
  'a crop by keyboard alone: moved, sized, saved, in the file, marked, undone',
  {},
  async ({ page, posecraft }) => {
    const id = await cut(posecraft, figure(0))
    const before = shotOf(await detail(posecraft, id), 'neck')
    await page.goto(`${posecraft.url}/?image=${id}&shot=neck`)
    await button(page, 'Adjust crop').waitFor()
    await page.keyboard.press('e')
    await frameOf(page).waitFor()
    assert.equal(await frameOf(page).evaluate((frame) => frame === document.activeElement), true)
    const start = await numbers(page)
    for (let n = 0; n < 8; n++) await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('+')
    await page.keyboard.press('Alt+ArrowRight')
    const wanted = await numbers(page)
    assert.ok(wanted[1] > start[1] + 80 && wanted[2] > start[2], `${start} to ${wanted}`)
    await page.keyboard.press('Enter')
    await snackbar(page, 'Neck view: crop saved').waitFor()
    const after = await until(posecraft, id, (image) => shotOf(image, 'neck').by, 'the edit')
    const shot = shotOf(after, 'neck')
    assert.deepEqual(shot.box, wanted)
    assert.equal(shot.by, 'hand')
    const near = await distance(page, after.original, shot, wanted)
    const far = await distance(page, after.original, shot, before.box)
    assert.ok(near < 4 && far > 3 * near, `the file shows the new box: ${near}, not ${far}`)
    await page.getByRole('dialog').getByText('By hand', { exact: true }).waitFor()
    assert.deepEqual(await axe(page), [])
    await button(page, 'Undo').click()
    const undone = await until(posecraft, id, (image) => !shotOf(image, 'neck').by, 'the undo')
    assert.deepEqual(shotOf(undone, 'neck').box, before.box)
  },
)

async function drag(page, target, dx, dy) {
  const { x, y, width, height } = await target.boundingBox()
  await page.mouse.move(x + width / 2, y + height / 2)
  await page.mouse.down()
  await page.mouse.move(x + width / 2 + dx / 2, y + height / 2 + dy / 2)
  await page.mouse.move(x + width / 2 + dx, y + height / 2 + dy)
  await page.mouse.up()
}

editCase(
  'a crop by mouse: keeps its aspect ratio, stays inside the photo, Escape and reset',
  {},
  async ({ page, posecraft }) => {
    const id = await cut(posecraft, figure(1))
    await openEditor(page, posecraft.url, id, 'zoom')
    const start = await numbers(page)
    await drag(page, frameOf(page), 30, 50)
    const moved = await numbers(page)
    assert.deepEqual(moved.slice(2), start.slice(2))
    assert.ok(moved[0] > start[0] && moved[1] > start[1])
    await drag(page, handle(page, 'se'), 60, 0)
    const [x, y, w, h] = await numbers(page)
    assert.deepEqual([x, y], moved.slice(0, 2))
    assert.ok(w > moved[2] && w === h, `${w} x ${h} is a square`)
    await drag(page, handle(page, 'nw'), -2000, -2000)
    const [left, top, wide, high] = await numbers(page)
    assert.ok(left === 0 || top === 0)
    assert.ok(left + wide <= 800 && top + high <= 1200 && wide === high)
    await button(page, 'As planned').click()
    assert.deepEqual(await numbers(page), start)
    await field(page, 'Width').fill('120')
    await page.keyboard.press('Enter')
    assert.deepEqual((await numbers(page)).slice(2), [120, 120])
    await page.keyboard.press('Escape')
    await frameOf(page).waitFor({ state: 'detached' })
    await button(page, 'Adjust crop').waitFor()
    assert.equal(shotOf(await detail(posecraft, id), 'zoom').by, undefined)
    await openEditor(page, posecraft.url, id, 'length')
    const free = await numbers(page)
    await drag(page, handle(page, 'e'), 40, 0)
    const [, , freeWide, freeHigh] = await numbers(page)
    assert.ok(freeWide > free[2] && freeHigh === free[3], 'a free recipe keeps no shape')
    assert.deepEqual(await axe(page), [])
  },
)

editCase(
  'Ctrl+Z: takes back the steps of an edit one by one, then the saved crop; text fields keep it',
  {},
  async ({ page, posecraft }) => {
    const id = await cut(posecraft, figure(0))
    const before = shotOf(await detail(posecraft, id), 'neck')
    await openEditor(page, posecraft.url, id)
    const start = await numbers(page)
    await page.keyboard.press('Shift+ArrowDown')
    const moved = await numbers(page)
    assert.notDeepEqual(moved, start)
    await drag(page, frameOf(page), 20, 30)
    const dragged = await numbers(page)
    assert.notDeepEqual(dragged, moved)
    await field(page, 'Left').focus()
    await page.keyboard.press('Control+z')
    assert.deepEqual(await numbers(page), dragged, 'a text field keeps the key')
    await frameOf(page).focus()
    await page.keyboard.press('Control+z')
    assert.deepEqual(await numbers(page), moved, 'a drag is one step')
    await page.keyboard.press('Meta+z')
    assert.deepEqual(await numbers(page), start)
    await page.keyboard.press('Control+z')
    assert.deepEqual(await numbers(page), start, 'nothing is left')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Enter')
    await snackbar(page, 'Neck view: crop saved').waitFor()
    await page.keyboard.press('Control+z')
    await snackbar(page, 'Neck view: crop saved').waitFor({ state: 'detached' })
    const undone = await until(posecraft, id, (image) => !shotOf(image, 'neck').by, 'the undo')
    assert.deepEqual(shotOf(undone, 'neck').box, before.box)
  },
)

editCase(
  'Ctrl+Z takes back saved crops after their notifications have gone, the last one first',
  {},
  async ({ page, posecraft }) => {
    const id = await cut(posecraft, figure(0))
    const boxOf = async () => JSON.stringify(shotOf(await detail(posecraft, id), 'neck').box)
    const boxes = [await boxOf()]
    await page.goto(`${posecraft.url}/?image=${id}&shot=neck`)
    for (const n of [1, 2]) {
      await button(page, 'Adjust crop').click()
      await frameOf(page).waitFor()
      await page.keyboard.press('Shift+ArrowDown')
      await page.keyboard.press('Enter')
      const saved = page.getByRole('listitem').filter({ hasText: 'Neck view: crop saved' })
      await saved.getByRole('button', { name: 'Dismiss' }).click()
      await saved.waitFor({ state: 'detached' })
      await until(
        posecraft,
        id,
        (image) => JSON.stringify(shotOf(image, 'neck').box) !== boxes.at(-1),
        `crop ${n}`,
      )
      boxes.push(await boxOf())
    }
    for (const wanted of boxes.slice(0, 2).reverse()) {
      await page.keyboard.press('Control+z')
      const undone = page.getByRole('listitem').filter({ hasText: ', Neck view: change undone' })
      await undone.getByRole('button', { name: 'Dismiss' }).click()
      await undone.waitFor({ state: 'detached' })
      await until(
        posecraft,
        id,
        (image) => JSON.stringify(shotOf(image, 'neck').box) === wanted,
        'the undo',
      )
    }
    assert.equal(shotOf(await detail(posecraft, id), 'neck').by, undefined)
  },
)

editCase(
  'Ctrl+Z does not overwrite what somebody else saved meanwhile',
  {},
  async ({ page, posecraft }) => {
    const id = await cut(posecraft, figure(0))
    await openEditor(page, posecraft.url, id, 'neck')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('Neck view: crop saved').waitFor()
    await until(posecraft, id, (image) => shotOf(image, 'neck').by, 'the crop')
    const theirs = [10, 20, 200, 200]
    await posecraft.call(`/images/${id}/edits`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ boxes: { neck: theirs } }),
    })
    await page.keyboard.press('Control+z')
    await page.getByText('Somebody else changed it meanwhile').waitFor()
    assert.deepEqual((await detail(posecraft, id)).edits.boxes.neck.box, theirs)
  },
)

editCase(
  'a crop by touch at 360 px',
  { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true },
  async ({ page, posecraft }) => {
    const id = await cut(posecraft, figure(2))
    await openEditor(page, posecraft.url, id, 'waist')
    for (const name of ['nw', 'ne', 'se', 'sw']) {
      const { width, height } = await handle(page, name).boundingBox()
      assert.ok(width >= 24 && height >= 24, `${name} is ${width} x ${height}`)
    }
    const start = await numbers(page)
    const { x, y, width, height } = await frameOf(page).boundingBox()
    const touch = await page.context().newCDPSession(page)
    const at = (dy) => [{ x: x + width / 2, y: y + height / 2 + dy }]
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
    for (const dy of [-10, -25, -40])
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(dy) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    const moved = await numbers(page)
    assert.ok(moved[1] < start[1] - 40, `${start[1]} to ${moved[1]}`)
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth <= 360),
      true,
      'nothing sticks out',
    )
    assert.deepEqual(await axe(page), [])
    await button(page, 'Save crop').tap()
    const after = await until(posecraft, id, (image) => shotOf(image, 'waist').by, 'the edit')
    assert.deepEqual(shotOf(after, 'waist').box, moved)
  },
)

editCase(
  'a crop that the server rejects is reported, and nothing is lost',
  {},
  async ({ page, posecraft }) => {
    const id = await cut(posecraft, figure(0))
    await openEditor(page, posecraft.url, id)
    await page.keyboard.press('ArrowDown')
    const wanted = await numbers(page)
    await page.route('**/edits', (route) =>
      route.fulfill({
        status: 409,
        json: {
          error: { code: 'changed_meanwhile', message: 'Somebody else changed it.', hint: '' },
        },
      }),
    )
    await button(page, 'Save crop').click()
    await snackbar(page, /^Neck view: Somebody else changed it/).waitFor()
    assert.deepEqual(await numbers(page), wanted)
    await page.unroute('**/edits')
    await button(page, 'Save crop').click()
    await snackbar(page, 'Neck view: crop saved').waitFor()
  },
)

editCase('another person: previewed, then chosen', {}, async ({ page, posecraft }) => {
  const id = await cut(posecraft, pair(0))
  const before = await detail(posecraft, id)
  const other = 1 - before.person
  await page.goto(`${posecraft.url}/?image=${id}`)
  const dialog = page.getByRole('dialog', { name: 'pair-0.bmp' })
  await dialog.getByRole('button', { name: new RegExp(`^Person ${other + 1} `) }).click()
  await dialog.getByRole('img', { name: 'Neck view', exact: true }).waitFor()
  assert.deepEqual(await axe(page), [])
  await button(dialog, 'Use this person').click()
  await snackbar(page, `The shots now show person ${other + 1}`).waitFor()
  const after = await until(posecraft, id, ({ person }) => person === other, 'the other person')
  const middle = ({ box: [x, , w] }) => x + w / 2 < before.width / 2
  assert.notEqual(middle(shotOf(after, 'neck')), middle(shotOf(before, 'neck')))
  await dialog.getByText('chosen by hand').waitFor()
  await button(page, 'Undo').click()
  await until(posecraft, id, ({ person }) => person === before.person, 'the first person')
})

editCase(
  'the same shift for the batch: previewed, applied, shown in the table, undone',
  {},
  async ({ page, posecraft }) => {
    const ids = []
    for (const n of [0, 1, 2]) ids.push(await cut(posecraft, figure(n), 'spring'))
    const apart = await cut(posecraft, figure(3), 'autumn')
    const before = shotOf(await detail(posecraft, ids[1]), 'waist')
    await openEditor(page, posecraft.url, ids[0], 'waist')
    for (let n = 0; n < 4; n++) await page.keyboard.press('Shift+ArrowUp')
    await page.keyboard.press('Enter')
    await button(page, 'Apply this shift to the batch').click()
    const dialog = page.getByRole('dialog', { name: /apply the same shift to batch spring$/ })
    await dialog.getByText(/^2 images would change/).waitFor()
    assert.equal(await dialog.getByRole('img', { name: / after$/ }).count(), 2)
    assert.equal(shotOf(await detail(posecraft, ids[1]), 'waist').by, undefined, 'only a preview')
    assert.deepEqual(await axe(page), [])
    await button(dialog, 'Apply to 2').click()
    await snackbar(page, 'Waist view: crop shifted in 2 images').waitFor()
    const moved = await until(posecraft, ids[1], (image) => shotOf(image, 'waist').by, 'the shift')
    assert.equal(shotOf(moved, 'waist').by, 'batch')
    assert.ok(shotOf(moved, 'waist').box[1] < before.box[1])
    assert.equal(shotOf(await detail(posecraft, apart), 'waist').by, undefined)
    await page
      .getByRole('listitem')
      .filter({ hasText: 'crop shifted in 2 images' })
      .getByRole('button', { name: 'Undo' })
      .click()
    await snackbar(page, 'Waist view: planned crop is used again in 2 images').waitFor()
    const back = await until(posecraft, ids[1], (image) => !shotOf(image, 'waist').by, 'the undo')
    assert.deepEqual(shotOf(back, 'waist').box, before.box)
    await page.goto(posecraft.url)
    await rowOf(page, figure(0).name)
      .getByRole('button', { name: /^Waist view of .*By hand$/s })
      .waitFor()
  },
)
