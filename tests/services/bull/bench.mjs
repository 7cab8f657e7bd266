/** Jobs without work through npm bull, one process: bench.mjs REDIS_URL PREFIX JOBS CONCURRENCY.
 *  Prints {"add": jobs a second, "work": jobs a second, "cpu": microseconds of CPU that this process spends on a job
 *  while it drains the queue}. Called by bench/queue-rates. */
import Queue from 'bull'

const [url, prefix, jobsText, concurrencyText] = process.argv.slice(2)
const jobs = Number(jobsText)
const concurrency = Number(concurrencyText)
const queue = new Queue('image-processing', url, { prefix })
await queue.isReady()

const rate = (begun) => Math.round((jobs * 1000) / (performance.now() - begun))

const opts = { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true }
let begun = performance.now()
let next = 1
const adder = async () => {
  while (next <= jobs) {
    const imageId = next++
    await queue.add({ imageId, url: 'https://example.com/picture.jpg' }, { ...opts, jobId: `pc-${imageId}` })
  }
}
await Promise.all(Array.from({ length: concurrency }, adder))
const add = rate(begun)

begun = performance.now()
const before = process.cpuUsage()
let done = 0
await new Promise((resolve) => {
  queue.on('completed', () => ++done === jobs && resolve())
  queue.process(concurrency, async () => {})
})
const work = rate(begun)
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ add, work, cpu: (user + system) / jobs }))
await queue.close()
