// Records what TensorFlow.js makes of known pixels, as the reference for tests/unit/pose.
//
// Not part of the build: run it again only when the weights change. In an empty folder:
//
//   npm install --ignore-scripts @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-converter@4.22.0 \
//     @tensorflow/tfjs-backend-cpu@4.22.0
//   cp PROJECT/models/record_reference.mjs .
//   PROJECT/build/tests/support/make_figure ppm 256 256 > figure.ppm
//   node record_reference.mjs FOLDER_WITH_THE_TFJS_MODELS figure.ppm > PROJECT/tests/data/pose/reference.txt
//
// Lines: pixels model tensor index value. Pixels are "figure" (the drawn person) or "noise" (below).
// Tensor "out" is the model's own answer, decoded: y, x (0..1) and score. The others are samples of
// the heads, index as in 1 x channels x 64 x 64.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';

const SIDE = 256;
const CELLS = 64 * 64;
const SAMPLES = 40;
const HEADS = {
  center_0: 'centre',
  kpt_heatmap_0: 'heatmap',
  kpt_regress_0: 'regression',
  kpt_offset_0: 'offset',
  box_scale_0: 'box_scale',
  box_offset_0: 'box_offset',
};

function fromPpm(path) {
  const bytes = readFileSync(path);
  const header = `P6\n${SIDE} ${SIDE}\n255\n`;
  if (bytes.toString('latin1', 0, header.length) !== header) throw new Error(`${path}: not 256 x 256`);
  return Int32Array.from(bytes.subarray(header.length));
}

// The test makes the same: 32-bit arithmetic only.
function noise() {
  return Int32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    let v = Math.imul(i + 1, 0x9e3779b1);
    v ^= v >>> 15;
    return (Math.imul(v, 0x85ebca77) >>> 24) & 0xff;
  });
}

function load(folder, name) {
  const json = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
  const weights = readFileSync(`${folder}/${name}.bin`);
  return loadGraphModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(weights).buffer,
      signature: json.signature,
    }),
  });
}

// The last node of each head: a "BiasAdd" that nothing else below the same name reads.
function headNodes(folder, name) {
  const nodes = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')).modelTopology.node;
  return Object.entries(HEADS).flatMap(([theirs, ours]) => {
    const end = nodes.find((n) => n.name.includes(`/${theirs}/conv2d`) && n.name.endsWith('/BiasAdd'));
    return end ? [[ours, end.name]] : [];
  });
}

const [folder, figure] = process.argv.slice(2);
const pictures = { figure: fromPpm(figure), noise: noise() };
await tf.setBackend('cpu');
for (const name of ['multipose', 'thunder']) {
  const model = await load(folder, `movenet-${name}`);
  for (const [pixels, data] of Object.entries(pictures)) {
    const input = tf.tensor4d(data, [1, SIDE, SIDE, 3], 'int32');
    const print = (tensor, index, value) =>
      console.log(`${pixels} ${name} ${tensor} ${index} ${Number(value.toPrecision(8))}`);
    const out = model.execute(input).dataSync();
    out.forEach((value, index) => print('out', index, value));
    for (const [head, node] of headNodes(folder, `movenet-${name}`)) {
      const tensor = model.execute({ [model.inputs[0].name]: input }, node);
      const channels = tensor.shape[3];
      const values = tensor.dataSync(); // cell * channels + channel
      for (let i = 0; i < SAMPLES; i++) {
        const index = Math.floor(((i + 0.5) * channels * CELLS) / SAMPLES);
        print(head, index, values[(index % CELLS) * channels + Math.floor(index / CELLS)]);
      }
    }
  }
}
