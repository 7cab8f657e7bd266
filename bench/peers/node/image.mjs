// Decode once with sharp, give the models their views of the decoded pixels, cut and encode.
import { readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import sharp from 'sharp'

// One thread an operation: the workers are as many as the cores already.
sharp.concurrency(1)
sharp.cache(false)

const BLACK = { r: 0, g: 0, b: 0 }

// The square region, which may reach outside the image (black there), as size x size RGB bytes.
async function view(decoded, square, size) {
  const { width, height } = decoded.info
  const x0 = Math.max(Math.round(square.x), 0)
  const y0 = Math.max(Math.round(square.y), 0)
  const x1 = Math.min(Math.round(square.x + square.size), width)
  const y1 = Math.min(Math.round(square.y + square.size), height)
  const scale = size / square.size
  const inner = {
    left: Math.round((x0 - square.x) * scale),
    top: Math.round((y0 - square.y) * scale),
    width: Math.min(Math.max(Math.round((x1 - x0) * scale), 1), size),
    height: Math.min(Math.max(Math.round((y1 - y0) * scale), 1), size),
  }
  return sharp(decoded.data, { raw: decoded.info })
    .extract({ left: x0, top: y0, width: x1 - x0, height: y1 - y0 })
    .resize(inner.width, inner.height, { fit: 'fill', kernel: 'linear' })
    .extend({
      left: inner.left,
      top: inner.top,
      right: Math.max(size - inner.left - inner.width, 0),
      bottom: Math.max(size - inner.top - inner.height, 0),
      background: BLACK,
    })
    .raw()
    .toBuffer()
}

// The same encoder settings as ours: 4:2:0, standard Huffman tables, the rest from the plan.
async function cut(decoded, shot, path) {
  const [left, top, width, height] = shot.box
  await sharp(decoded.data, { raw: decoded.info })
    .extract({ left, top, width, height })
    .resize(shot.width, shot.height, { fit: 'fill', kernel: 'lanczos3' })
    .jpeg({
      quality: shot.quality ?? 85,
      progressive: shot.progressive ?? false,
      chromaSubsampling: '4:2:0',
      optimiseCoding: false,
    })
    .toFile(path)
}

export async function processImage(path, pose, shots, out) {
  const decoded = await sharp(await readFile(path))
    .rotate()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const people = await pose.detect(decoded.info.width, decoded.info.height, (square, size) => view(decoded, square, size))
  const stem = basename(path, extname(path))
  for (const shot of shots.filter((s) => s.file)) {
    await cut(decoded, shot, join(out, `${stem}-${shot.label}.jpg`))
  }
  return people
}
