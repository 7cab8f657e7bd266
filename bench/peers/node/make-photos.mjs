// Images as from a 12-megapixel camera, out of smaller ones: enlarged, with grain until the JPEG file
// is about 3 MB. The same input gives the same files.
//   node make-photos.mjs OUT_DIR COUNT PICTURE...
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const PIXELS = 12e6
const WANTED_BYTES = 3e6
const CLOSE_ENOUGH = 0.05
const TRIES = 6

// Grain: the sum of four uniform numbers, mean 0 and deviation about 1.
function makeGrain(length, seed) {
  const grain = new Float32Array(length)
  let state = seed
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
  for (let i = 0; i < length; i++) grain[i] = (uniform() + uniform() + uniform() + uniform()) * 1.73
  return grain
}

function withGrain(pixels, grain, strength) {
  const out = new Uint8ClampedArray(pixels.length)
  for (let i = 0; i < pixels.length; i++) out[i] = pixels[i] + strength * grain[Math.floor(i / 3)]
  return out
}

// The figure that the tests draw comes as PPM, which this sharp does not read.
function load(path) {
  if (!path.endsWith('.ppm')) return sharp(path)
  const file = readFileSync(path)
  const [header, width, height] = /^P6\n(\d+) (\d+)\n255\n/.exec(file.toString('latin1', 0, 40))
  return sharp(file.subarray(header.length), { raw: { width: Number(width), height: Number(height), channels: 3 } }).png()
}

async function enlarge(path) {
  const image = load(path)
  const { info } = await image.clone().rotate().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const scale = Math.sqrt(PIXELS / (width * height))
  return image
    .rotate()
    .resize(Math.round(width * scale), Math.round(height * scale), { fit: 'fill' })
    .toColourspace('srgb')
    .flatten({ background: '#fff' })
    .raw()
    .toBuffer({ resolveWithObject: true })
}

async function asFromCamera(path, seed) {
  const { data, info } = await enlarge(path)
  const grain = makeGrain(info.width * info.height, seed)
  let low = 0
  let high = 24
  let file
  for (let i = 0; i < TRIES; i++) {
    const strength = (low + high) / 2
    file = await sharp(withGrain(data, grain, strength), { raw: info }).jpeg({ quality: 90 }).toBuffer()
    if (Math.abs(file.length / WANTED_BYTES - 1) < CLOSE_ENOUGH) break
    if (file.length > WANTED_BYTES) high = strength
    else low = strength
  }
  return file
}

const [out, count, ...sources] = process.argv.slice(2)
mkdirSync(out, { recursive: true })
for (let i = 0; i < Number(count); i++) {
  const path = join(out, `photo-${String(i + 1).padStart(2, '0')}.jpg`)
  const file = await asFromCamera(sources[i % sources.length], i + 1)
  writeFileSync(`${path}.part`, file)
  renameSync(`${path}.part`, path)
  process.stdout.write(`${path}: ${(file.length / 1e6).toFixed(2)} MB\n`)
}
