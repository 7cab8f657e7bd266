// One peer of the bench: the whole job in Node, on worker threads.
//   node main.mjs --pose ort|tfjs --models DIR --plan FILE --out DIR [--workers N] PICTURE...
// Each image is decoded, its people found (MultiPose) and looked at again (Thunder), and the boxes
// that the plan names for it are cut and encoded. Prints one JSON line a image with the people found.
import { availableParallelism } from 'node:os'
import { mkdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'

const poses = { ort: './pose-ort.mjs', tfjs: './pose-tfjs.mjs' }

function readPlan(path) {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  return Object.fromEntries(lines.map((line) => JSON.parse(line)).map((entry) => [basename(entry.input), entry.shots]))
}

async function work({ options, images, plan, next }) {
  const { createPose } = await import(poses[options.pose])
  const { processImage } = await import('./image.mjs')
  const pose = await createPose(options.models)
  for (;;) {
    const index = Atomics.add(next, 0, 1)
    if (index >= images.length) return
    const name = basename(images[index])
    const people = await processImage(images[index], pose, plan[name] ?? [], options.out)
    parentPort.postMessage({ input: name, people })
  }
}

function start(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data })
    worker.on('message', (line) => process.stdout.write(`${JSON.stringify(line)}\n`))
    worker.on('error', reject)
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`worker ended with ${code}`))))
  })
}

async function main() {
  const { values: options, positionals: images } = parseArgs({
    allowPositionals: true,
    options: {
      pose: { type: 'string' },
      models: { type: 'string' },
      plan: { type: 'string' },
      out: { type: 'string' },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  })
  mkdirSync(options.out, { recursive: true })
  const next = new Int32Array(new SharedArrayBuffer(4))
  const data = { options, images, plan: readPlan(options.plan), next }
  await Promise.all(Array.from({ length: Math.min(options.workers, images.length) }, () => start(data)))
}

await (isMainThread ? main() : work(workerData))
