/** Opens the real page in Chromium, and helps the cases to use it. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { root } from './posecraft.mjs'

const fromPage = createRequire(new URL('web/package.json', `file://${root}`))

const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/usr/bin/google-chrome',
]
export const chromiumPath = places.find((place) => place && existsSync(place))

/** After this time something will not come any more, on however slow a machine. No case depends on it. */
export const WAIT_MS = 90_000
export const CASE_MS = 600_000

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launch = () =>
  fromPage('playwright-core').chromium.launch({
    executablePath: chromiumPath,
    args: flags,
  })

/** Opens the page. `faults` collects what must never happen: page errors, violations of the content policy, and
 * requests to other servers. */
export async function openPage(browser, url, { path = '/', prepare, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(WAIT_MS)
  const faults = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    const address = request.url()
    if (!address.startsWith(url) && !/^(data|blob):/.test(address)) faults.push(`asked ${address}`)
  })
  await prepare?.(page)
  await page.goto(url + path)
  return { page, faults, close: () => context.close() }
}

/** Takes a screenshot when all images on the page are loaded. */
export async function screenshot(page, path) {
  await page.waitForLoadState('networkidle')
  await page.evaluate(() =>
    Promise.allSettled([...document.images].map((image) => image.complete && image.decode())),
  )
  await page.waitForTimeout(400) // What comes in has come in.
  await page.screenshot({ path })
}

export const choose = (page, files) => page.locator('input[type=file]').setInputFiles(files)

/** Holds the answers of uploads until they are released. `pass`: later uploads are not held. */
export async function holdUploads(page) {
  let letGo
  let holding = true
  const open = new Promise((resolve) => (letGo = resolve))
  const seen = []
  await page.route('**/process?*', async (route) => {
    seen.push(route.request().url())
    if (holding) await open
    await route.continue().catch(() => undefined) // It was broken off meanwhile.
  })
  return { seen, letGo, pass: () => (holding = false) }
}

const exactly = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The button that opens an image. Its name starts with that of the image. */
export const openerOf = (page, name) =>
  page.getByRole('button', { name: new RegExp(`^Open ${exactly(name)}( |$)`) })

export const rowOf = (page, name) => page.getByRole('row').filter({ has: openerOf(page, name) })

/** Drops or pastes files and text with the same events as the browser. */
export function transfer(page, event, { files = [], text }) {
  const plain = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    base64: buffer.toString('base64'),
  }))
  return page.evaluate(
    ({ event, plain, text }) => {
      const data = new DataTransfer()
      for (const { name, mimeType, base64 } of plain) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
        data.items.add(new File([bytes], name, { type: mimeType }))
      }
      if (text !== undefined) data.setData('text/plain', text)
      const options = { bubbles: true, cancelable: true }
      const target = document.activeElement ?? document.body
      if (event === 'paste')
        target.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }))
      else
        for (const type of ['dragenter', 'dragover', 'drop'])
          document.body.dispatchEvent(new DragEvent(type, { ...options, dataTransfer: data }))
    },
    { event, plain, text },
  )
}

const axeSource = fromPage('axe-core').source

/** The violations of WCAG 2.2 A and AA, one line each. */
export async function axe(page) {
  await page.evaluate(axeSource)
  // While something fades in, its colours are not final.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity)
        .map(({ finished }) => finished),
    ),
  )
  const found = await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const { violations } = await globalThis.axe.run(document, {
      runOnly: tags,
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  })
  return found
}
