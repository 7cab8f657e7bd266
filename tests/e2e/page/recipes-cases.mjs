/** Cases about recipes: shown, edited, previewed on images, saved, re-cut. */
import assert from 'node:assert/strict'
import { axe, choose, openerOf, rowOf, WAIT_MS } from './browser.mjs'
import { images, one, pageCase, processed, two } from './cases.mjs'

const button = (page, name) => page.getByRole('button', { name, exact: true })
const editor = (page) => page.getByRole('textbox', { name: 'Recipes as JSON' })
const state = (page, words) => page.getByText(words, { exact: true }).waitFor()
const recipesOf = async (posecraft) => (await posecraft.call('/recipes')).json()

async function put(posecraft, text) {
  const { version } = await recipesOf(posecraft)
  const answer = await posecraft.call('/recipes', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ version, text }),
  })
  assert.equal(answer.status, 200)
}

async function openRecipes(page) {
  await button(page, 'Recipes').click()
  const dialog = page.getByRole('dialog', { name: 'Recipes' })
  await editor(dialog).waitFor()
  return dialog
}

/** Adds two images and waits for their five shots. */
async function withTwo(page) {
  await choose(page, [one, two])
  await processed(page, one.name).waitFor()
  await processed(page, two.name).waitFor()
}

const labels = async (posecraft, name) => {
  const image = (await images(posecraft)).find((each) => each.name === name)
  return image.shots.map(({ label }) => label)
}

/** Waits until the image has exactly these shots. */
async function becomes(posecraft, name, wanted) {
  for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
    if (String(await labels(posecraft, name)) === String(wanted)) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  assert.deepEqual(await labels(posecraft, name), wanted)
}

const FIVE = ['neck', 'sleeve', 'zoom', 'waist', 'length']

pageCase(
  'recipes: active and built-in ones, opened by URL, added by a click; a draft survives closing',
  { path: '/?recipes' },
  async ({ page, posecraft }) => {
    const dialog = page.getByRole('dialog', { name: 'Recipes' })
    await state(dialog, 'No problems. 5 recipes')
    await dialog.getByText('The five default recipes of PoseCraft are active.').waitFor()
    await dialog.getByText('There is no processed image yet to try the recipes on.').waitFor()
    assert.deepEqual(await axe(page), [])
    await button(dialog, 'Add: Shoes').click()
    await state(dialog, 'No problems. 6 recipes')
    await dialog.getByText('In the text').waitFor()
    await button(dialog, 'Add in full: Face').click()
    await state(dialog, 'No problems. 7 recipes')
    const set = JSON.parse(await editor(dialog).inputValue())
    assert.equal(set.recipes.at(-2), 'shoes')
    assert.equal(set.recipes.at(-1).label, 'face')
    const at = await editor(dialog).evaluate((area) => area.value.slice(area.selectionStart))
    assert.match(at, /^\{\n {6}"label": "face"/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.doesNotMatch(page.url(), /recipes/)
    await page.reload()
    await openRecipes(page)
    await state(dialog, 'Changed, not saved')
    await button(dialog, 'Save').click()
    await dialog.getByText('Recipes saved. They are active now.').waitFor()
    await dialog.getByText('No processed image would change.').waitFor()
    const { source, recipes } = await recipesOf(posecraft)
    assert.equal(source, 'page')
    assert.deepEqual(
      recipes.map(({ label }) => label),
      [...FIVE, 'shoes', 'face'],
    )
    await button(dialog, 'Use the setting').click()
    await button(page, 'Delete them').click()
    await dialog.getByText('The setting is active again.').waitFor()
    assert.equal((await recipesOf(posecraft)).source, 'default')
  },
)

pageCase(
  'recipes: F8 and clicks lead to problems; keys of the editor; help at the cursor',
  { path: '/?recipes' },
  async ({ page }) => {
    const dialog = page.getByRole('dialog', { name: 'Recipes' })
    await state(dialog, 'No problems. 5 recipes')
    const text = '[\n  {\n    "label": "x",\n    "keep": ["nos"],\n    "aspct": "1:1"\n  }\n]'
    await editor(dialog).fill(text)
    await state(dialog, '2 problems')
    assert.equal(await editor(dialog).getAttribute('aria-invalid'), 'true')
    assert.equal(await button(dialog, 'Save').isDisabled(), true)
    await dialog.getByText("unknown landmark 'nos'; did you mean 'nose'?").waitFor()
    assert.deepEqual(await axe(page), [])
    const behind = () => editor(dialog).evaluate((area) => area.value.slice(area.selectionStart))
    await editor(dialog).focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('F8')
    assert.match(await behind(), /^"nos"/)
    await page.keyboard.press('F8')
    assert.match(await behind(), /^"aspct"/)
    await dialog.getByRole('button', { name: /Line 4, column 14/ }).click()
    assert.match(await behind(), /^"nos"/)

    const help = dialog.getByRole('region', { name: 'Help' })
    await help.getByText('What the box holds').waitFor()
    await help.getByText('left_shoulder').waitFor()
    await page.keyboard.press('ArrowUp')
    await help.getByText('Part of file names; one of a kind in a set').waitFor()

    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.keyboard.type('"joints": ')
    await help.getByText('spare', { exact: true }).waitFor()
    assert.match(await editor(dialog).inputValue(), /\n {4}"joints": \n/)
    await page.keyboard.press('Control+]')
    assert.match(await editor(dialog).inputValue(), /\n {6}"joints": /)
    await page.keyboard.press('Control+[')
    await page.keyboard.press('Control+z')
    assert.match(await editor(dialog).inputValue(), /\n {6}"joints": /)
    await page.keyboard.press('Tab')
    assert.equal(await editor(dialog).evaluate((area) => area === document.activeElement), false)

    await editor(dialog).fill('[\n "neck",,\n]')
    await state(dialog, '1 problem')
    await dialog.getByText(/Line 2, column \d+/).waitFor()
    await button(dialog, 'Discard changes').click()
    await state(dialog, 'No problems. 5 recipes')
    await button(page, 'Undo').click()
    await state(dialog, '1 problem')
  },
)

pageCase(
  'recipes: previewed on the selection, saved, and existing images re-cut',
  {},
  async ({ page, posecraft }) => {
    await withTwo(page)
    await page.getByRole('checkbox', { name: `Select ${two.name}`, exact: true }).click()
    const dialog = await openRecipes(page)
    await dialog.getByText('With 1 selected image').waitFor()
    await dialog.getByText('No shot of these images would change.').waitFor()
    await editor(dialog).fill(
      '["neck", {"based_on": "length", "label": "length", "aspect": "1:2"}, "head"]',
    )
    await dialog.getByText('1 of 1 image would change').waitFor()
    const tried = dialog.getByRole('article', { name: two.name })
    await tried.getByText('Changed').first().waitFor()
    await tried.getByText('New').waitFor()
    assert.equal(await tried.getByText('Removed').count(), 3)
    const then = tried.getByRole('img', { name: `Length view of ${two.name} with these recipes` })
    const { width, height } = await then.boundingBox()
    assert.ok(Math.abs(width / height - 0.5) < 0.02, `${width} x ${height}`)
    await page.waitForFunction(
      (each) => each.querySelector('img').naturalWidth > 0,
      await then.elementHandle(),
    )
    await dialog.getByRole('checkbox', { name: 'Show only changes' }).uncheck()
    await tried.getByText('Unchanged').first().waitFor()
    assert.deepEqual(await axe(page), [])
    assert.deepEqual(await labels(posecraft, two.name), FIVE)

    await button(dialog, 'Save').click()
    await dialog.getByText('2 of 2 images would change if re-cut.').waitFor()
    await button(dialog, 'Re-cut 2 images').click()
    await page.getByText('2 images queued for re-cut').waitFor()
    for (const { name } of [one, two]) await becomes(posecraft, name, ['neck', 'length', 'head'])
    await page.keyboard.press('Escape')
    await rowOf(page, one.name).getByRole('button', { name: /^Head/ }).waitFor()
  },
)

pageCase(
  'recipes: somebody else saved first',
  { path: '/?recipes' },
  async ({ page, posecraft }) => {
    const dialog = page.getByRole('dialog', { name: 'Recipes' })
    await state(dialog, 'No problems. 5 recipes')
    await editor(dialog).fill('["neck"]')
    await state(dialog, 'No problems. 1 recipe')
    await put(posecraft, '["zoom", "waist"]')
    await button(dialog, 'Save').click()
    await dialog.getByRole('alert').getByText('Somebody else saved other recipes').waitFor()
    await button(dialog, 'Load theirs').click()
    assert.equal(await editor(dialog).inputValue(), '["zoom", "waist"]')
    await button(page, 'Restore mine').click()
    assert.equal(await editor(dialog).inputValue(), '["neck"]')
    await state(dialog, 'No problems. 1 recipe')
    await button(dialog, 'Save').click()
    await dialog.getByText('Recipes saved. They are active now.').waitFor()
    assert.equal((await recipesOf(posecraft)).text, '["neck"]')

    await editor(dialog).fill('["neck", "head"]')
    await state(dialog, 'No problems. 2 recipes')
    await put(posecraft, '["zoom"]')
    await button(dialog, 'Save').click()
    await button(dialog, 'Overwrite with mine').click()
    await dialog.getByText('Recipes saved. They are active now.').waitFor()
    assert.equal((await recipesOf(posecraft)).text, '["neck", "head"]')
  },
)

pageCase('recipes: the selection re-cut with chosen recipes', {}, async ({ page, posecraft }) => {
  await withTwo(page)
  await page.getByRole('checkbox', { name: `Select ${one.name}`, exact: true }).click()
  await button(page, 'Re-cut the selection, with other recipes if you like').click()
  const dialog = page.getByRole('dialog', { name: 'Re-cut 1 image' })
  await dialog.getByText('0 of 1 image would change').waitFor()
  await dialog.getByRole('radio', { name: /^These recipes/ }).check()
  await dialog.getByText('Choose at least one recipe.').waitFor()
  assert.equal(await button(dialog, 'Re-cut').isDisabled(), true)
  await dialog.getByRole('checkbox', { name: 'Shoes shoes' }).check()
  await dialog.getByRole('checkbox', { name: 'Neck view neck' }).check()
  await dialog.getByText('1 of 1 image would change').waitFor()
  assert.deepEqual(await axe(page), [])
  await button(dialog, 'Re-cut').click()
  await page.getByText('1 image queued for re-cut').waitFor()
  await becomes(posecraft, one.name, ['neck', 'shoes'])
  assert.deepEqual(await labels(posecraft, two.name), FIVE)
  await openerOf(page, one.name).waitFor()
  // All matching images with the active recipes again.
  await page.getByRole('checkbox', { name: `Select ${one.name}`, exact: true }).click()
  await button(page, 'Select all 2 matching').click()
  await button(page, 'Re-cut the selection, with other recipes if you like').click()
  const all = page.getByRole('dialog', { name: 'Re-cut 2 images' })
  await all.getByText('1 of 2 images would change').waitFor()
  await button(all, 'Re-cut').click()
  await becomes(posecraft, one.name, FIVE)
})

pageCase(
  'recipes on a phone, in German',
  { path: '/?recipes', viewport: { width: 360, height: 740 }, locale: 'de-DE' },
  async ({ page }) => {
    const dialog = page.getByRole('dialog', { name: 'Rezepte' })
    await dialog.getByText('Kein Fehler. 5 Rezepte').waitFor()
    assert.deepEqual(await axe(page), [])
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= 360, `${wide} px wide`)
    await dialog
      .getByRole('checkbox', { name: 'Nur Änderungen zeigen' })
      .waitFor({ state: 'detached' })
    await dialog.getByText('Es gibt noch kein fertiges Bild').scrollIntoViewIfNeeded()
  },
)
