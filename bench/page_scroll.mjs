/** How the page bears a long list, in Chromium: time to the first row, frames while scrolling, jumps, sorting,
 * filtering and searching, memory. For a server that runs already, as on a folder of page_rows.py:
 *
 *     node bench/page_scroll.mjs http://127.0.0.1:8080 [seconds of scrolling, 30]
 */
import { launch, openPage } from '../tests/e2e/page/browser.mjs'

const [url, seconds = '30'] = process.argv.slice(2)
const LOADS = 5
const TIMES = 12
const PX_A_FRAME = 60

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
const spread = (times) => {
  const sorted = [...times].sort((a, b) => a - b)
  const [p50, p95, best] = [at(sorted, 0.5), at(sorted, 0.95), sorted[0]].map((ms) => ms.toFixed(0))
  return `p50 ${p50} ms, p95 ${p95} ms, best ${best} ms`
}
const tell = (what, figures) => console.log(`${what.padEnd(22)} ${figures}`)

async function firstRow(browser) {
  const times = []
  for (let n = 0; n < LOADS; n++) {
    const { page, close } = await openPage(browser, url)
    await page.locator('tbody tr[data-row]').first().waitFor()
    times.push(await page.evaluate(() => performance.now()))
    await close()
  }
  tell('first row', spread(times))
}

/** Seconds of the processor that the page's main thread took, whatever else ran on the machine. */
async function busySeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration').value
}

async function scroll(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await busySeconds(session)
  const { frames, ghosts } = await page.evaluate(
    ({ seconds, px }) =>
      new Promise((resolve) => {
        const frames = []
        const start = performance.now()
        let last = start
        let ghosts = 0
        const step = (now) => {
          frames.push(now - last)
          last = now
          if (document.querySelector('tbody tr:not([data-row])')) ghosts++
          window.scrollBy(0, px)
          if (now - start < seconds * 1000) requestAnimationFrame(step)
          else resolve({ frames: frames.slice(1), ghosts })
        }
        requestAnimationFrame(step)
      }),
    { seconds: Number(seconds), px: PX_A_FRAME },
  )
  const own = ((await busySeconds(session)) - before) / frames.length
  await session.detach()
  const slow = frames.filter((ms) => ms > 50).length
  tell(
    'scrolling',
    `${frames.length} frames in ${seconds} s, ${slow} over 50 ms, longest ${Math.max(...frames).toFixed(0)} ms, ${spread(frames)}`,
  )
  tell('', `${(own * 1000).toFixed(1)} ms of processor a frame on the main thread`)
  tell('', `${ghosts} frames with a row still on its way`)
}

/** From a change of the view, as by a click, to its rows on the screen. */
const change = (page, search) =>
  page.evaluate(
    (search) =>
      new Promise((resolve) => {
        const before = performance.now()
        let frames = 0
        history.pushState(null, '', search)
        window.dispatchEvent(new PopStateEvent('popstate'))
        const look = () => {
          const table = document.querySelector('table')
          const there =
            table?.getAttribute('aria-busy') === 'false' &&
            document.querySelector('tbody tr[data-row]')
          // The first frame still shows what was.
          if (frames++ > 0 && (there || !table)) resolve(performance.now() - before)
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    search,
  )

const SORTS = ['name', 'updated', 'status'].flatMap((sort) =>
  ['asc', 'desc'].map((order) => `sort=${sort}&order=${order}`),
)
const FILTERS = [
  'show=processed',
  'show=failed',
  'show=attention',
  'batch=drop+07',
  'batch=drop+31',
]
const WORDS = [
  'knit',
  'SKU-01999',
  'look-0500',
  'season-3',
  'drop 12',
  'zzzz',
  'shirt-07',
  'back',
  '4711',
  'dress',
  'coat-09',
  'a',
]

async function views(page, what, searches) {
  const times = []
  for (const search of searches) times.push(await change(page, `?${search}`))
  tell(what, `${spread(times)} of ${times.length}`)
}

async function jumps(page) {
  const times = []
  for (let n = 0; n < TIMES; n++)
    times.push(
      await page.evaluate(
        (share) =>
          new Promise((resolve) => {
            const before = performance.now()
            window.scrollTo(0, document.documentElement.scrollHeight * share)
            let frames = 0
            const look = () => {
              const [, middle] = document.querySelectorAll('tbody tr')
              const there = middle && !document.querySelector('tbody tr:not([data-row])')
              if (frames++ > 1 && there) resolve(performance.now() - before)
              else requestAnimationFrame(look)
            }
            requestAnimationFrame(look)
          }),
        ((n * 7 + 3) % TIMES) / TIMES,
      ),
    )
  tell('jumps', `${spread(times)} until all rows in sight are there`)
}

async function memory(page, when) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session
    .send('Performance.enable')
    .then(() => session.send('Performance.getMetrics'))
  const of = (name) => metrics.find((one) => one.name === name)?.value ?? 0
  tell('memory', `${(of('JSHeapUsedSize') / 1e6).toFixed(1)} MB heap, ${of('Nodes')} nodes ${when}`)
  await session.detach()
}

const browser = await launch()
try {
  await firstRow(browser)
  const { page } = await openPage(browser, url)
  await page.locator('tbody tr[data-row]').first().waitFor()
  await page.waitForLoadState('networkidle')
  tell(
    'rows',
    await page
      .locator('table')
      .getAttribute('aria-rowcount')
      .then((n) => String(n - 1)),
  )
  await memory(page, 'at first')
  await scroll(page)
  await memory(page, 'after scrolling')
  await jumps(page)
  await views(page, 'sorting', SORTS)
  await views(
    page,
    'filtering',
    FILTERS.flatMap((one) => [one, `${one}&sort=name&order=asc`]),
  )
  await views(
    page,
    'searching',
    WORDS.map((word) => new URLSearchParams({ q: word })),
  )
  await memory(page, 'at the end')
} finally {
  await browser.close()
}
