// From the heads of MoveNet (channels x 64 x 64, before any sigmoid) to people and points in 0..1.
import { GRID, POINTS } from './people.mjs'

const CELLS = GRID * GRID
const NEAR = 0.300048828125 * GRID
const COUNTS = 0.126953125
const MOST_PEOPLE = 6
const REACH = 2

const sigmoid = (v) => 1 / (1 + Math.exp(-v))
const clip = (v) => Math.min(Math.max(v, 0), GRID)

function isPeak(centre, y, x) {
  for (let v = Math.max(y - REACH, 0); v <= Math.min(y + REACH, GRID - 1); v++) {
    for (let u = Math.max(x - REACH, 0); u <= Math.min(x + REACH, GRID - 1); u++) {
      if (centre[v * GRID + u] > centre[y * GRID + x]) return false
    }
  }
  return true
}

function findMiddles(centre) {
  const peaks = []
  for (let cell = 0; cell < CELLS; cell++) {
    const y = Math.floor(cell / GRID)
    const x = cell % GRID
    if (centre[cell] > -4 && isPeak(centre, y, x)) peaks.push({ y, x, cell, logit: centre[cell] })
  }
  return peaks.sort((a, b) => b.logit - a.logit).slice(0, MOST_PEOPLE)
}

// The best cell of one heat map by `value`, inside [x0, x1) x [y0, y1); undefined when there is none.
function bestCell({ x0, y0, x1, y1 }, value) {
  let best
  for (let y = Math.ceil(y0); y < y1; y++) {
    for (let x = Math.ceil(x0); x < x1; x++) {
      const score = value(y, x)
      if (!best || score > best.score) best = { y, x, score }
    }
  }
  return best
}

// Where the head says that point k of the body with its middle in `cell` lies, in cells.
function regressed(heads, k, { y, x, cell }) {
  return { y: y + heads.regression[2 * k * CELLS + cell], x: x + heads.regression[(2 * k + 1) * CELLS + cell] }
}

function toPoint(heads, k, best) {
  const cell = best.y * GRID + best.x
  return {
    y: (best.y + heads.offset[2 * k * CELLS + cell]) / GRID,
    x: (best.x + heads.offset[(2 * k + 1) * CELLS + cell]) / GRID,
    score: best.score,
  }
}

function boxOf(heads, { y, x, cell }) {
  const cy = y + heads.box_offset[cell]
  const cx = x + heads.box_offset[CELLS + cell]
  const h = Math.max(heads.box_scale[cell], 0) / 2
  const w = Math.max(heads.box_scale[CELLS + cell], 0) / 2
  return { y0: clip(cy - h), x0: clip(cx - w), y1: clip(cy + h), x1: clip(cx + w) }
}

function readPerson(heads, middle) {
  const box = boxOf(heads, middle)
  const landmarks = Array.from({ length: POINTS }, (_, k) => {
    const target = regressed(heads, k, middle)
    const best = bestCell(box, (y, x) => {
      const d2 = (y - target.y) ** 2 + (x - target.x) ** 2
      return sigmoid(heads.heatmap[k * CELLS + y * GRID + x]) * Math.exp(-d2 / NEAR)
    })
    return toPoint(heads, k, best ?? { y: 0, x: 0, score: 0 })
  })
  const counted = landmarks.map((l) => l.score).filter((score) => score > COUNTS)
  const mean = counted.length > 0 ? counted.reduce((a, b) => a + b, 0) / counted.length : 0
  const scaled = { y0: box.y0 / GRID, x0: box.x0 / GRID, y1: box.y1 / GRID, x1: box.x1 / GRID }
  return { score: sigmoid(middle.logit) * mean, box: scaled, landmarks }
}

export function peopleFromHeads(heads) {
  return findMiddles(heads.centre).map((middle) => readPerson(heads, middle))
}

export function pointsFromHeads(heads) {
  const grid = { x0: 0, y0: 0, x1: GRID, y1: GRID }
  const middle = bestCell(grid, (y, x) => sigmoid(heads.centre[y * GRID + x]) * heads.centre_weight[y * GRID + x])
  middle.cell = middle.y * GRID + middle.x
  return Array.from({ length: POINTS }, (_, k) => {
    const target = regressed(heads, k, middle)
    const heat = (y, x) => sigmoid(heads.heatmap[k * CELLS + y * GRID + x])
    const best = bestCell(grid, (y, x) => heat(y, x) / (Math.hypot(y - target.y, x - target.x) + 1.8))
    return toPoint(heads, k, { ...best, score: heat(best.y, best.x) })
  })
}
