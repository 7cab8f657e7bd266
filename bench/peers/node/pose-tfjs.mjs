// MoveNet as its authors publish it: the TensorFlow.js graph models, post-processing included, on the
// WebAssembly backend (SIMD, one thread).
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { POINTS, SIZE, detectWith } from './people.mjs'

async function loadModel(path) {
  const model = JSON.parse(await readFile(path, 'utf8'))
  const files = model.weightsManifest.flatMap((group) => group.paths)
  const parts = await Promise.all(files.map((name) => readFile(join(dirname(path), name))))
  const bytes = Buffer.concat(parts)
  const artifacts = {
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    format: model.format,
    signature: model.signature ?? model.userDefinedMetadata?.signature,
  }
  return loadGraphModel({ load: async () => artifacts })
}

async function run(model, rgb) {
  const input = tf.tensor4d(new Int32Array(rgb), [1, SIZE, SIZE, 3], 'int32')
  const output = model.execute(input)
  const values = await output.data()
  tf.dispose([input, output])
  return values
}

function pointsOf(values, from) {
  return Array.from({ length: POINTS }, (_, k) => {
    const [y, x, score] = values.subarray(from + 3 * k, from + 3 * k + 3)
    return { x, y, score }
  })
}

// Rows of 56: seventeen (y, x, score), then the box as y0, x0, y1, x1, and the person's score.
function peopleOf(values) {
  return Array.from({ length: values.length / 56 }, (_, i) => {
    const [y0, x0, y1, x1, score] = values.subarray(i * 56 + 51, i * 56 + 56)
    return { score, box: { x0, y0, x1, y1 }, landmarks: pointsOf(values, i * 56) }
  })
}

export async function createPose(models) {
  const backend = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
  setWasmPaths(`${dirname(backend)}/`)
  setThreadsCount(1)
  await tf.setBackend('wasm')
  await tf.ready()
  const multipose = await loadModel(join(models, 'movenet-multipose.json'))
  const thunder = await loadModel(join(models, 'movenet-thunder.json'))
  const nets = {
    findPeople: async (rgb) => peopleOf(await run(multipose, rgb)),
    findPoints: async (rgb) => pointsOf(await run(thunder, rgb), 0),
  }
  return { detect: (width, height, view) => detectWith(nets, width, height, view) }
}
