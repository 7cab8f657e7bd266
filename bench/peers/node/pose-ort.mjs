// MoveNet in ONNX Runtime: the same files as ours, which end at the heads; decoding is done here.
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { peopleFromHeads, pointsFromHeads } from './heads.mjs'
import { SIZE, detectWith } from './people.mjs'

const SCALE = 0.00784302 // of the graph's first operation
const CELLS = SIZE * SIZE

function tensorOf(rgb) {
  const data = new Float32Array(3 * CELLS)
  for (let i = 0; i < CELLS; i++) {
    data[i] = rgb[3 * i] * SCALE - 1
    data[CELLS + i] = rgb[3 * i + 1] * SCALE - 1
    data[2 * CELLS + i] = rgb[3 * i + 2] * SCALE - 1
  }
  return new ort.Tensor('float32', data, [1, 3, SIZE, SIZE])
}

async function run(session, rgb) {
  const outputs = await session.run({ image: tensorOf(rgb) })
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data]))
}

export async function createPose(models) {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' }
  const load = (name) => ort.InferenceSession.create(join(models, `${name}.onnx`), options)
  const multipose = await load('movenet-multipose')
  const thunder = await load('movenet-thunder')
  const nets = {
    findPeople: async (rgb) => peopleFromHeads(await run(multipose, rgb)),
    findPoints: async (rgb) => pointsFromHeads(await run(thunder, rgb)),
  }
  return { detect: (width, height, view) => detectWith(nets, width, height, view) }
}
