// What both pose modules share: sizes, and from MultiPose's people to Thunder's second look.
export const SIZE = 256
export const GRID = 64
export const POINTS = 17
const MARGIN = 1.15
const LEAST_PERSON = 0.25

// The square that Thunder looks at: round the person's box, with a margin. As ours does it.
function squareRound({ box }) {
  const size = Math.max(box.x1 - box.x0, box.y1 - box.y0, 1) * MARGIN
  return { x: (box.x0 + box.x1 - size) / 2, y: (box.y0 + box.y1 - size) / 2, size }
}

function area(person) {
  return (person.box.x1 - person.box.x0) * (person.box.y1 - person.box.y0)
}

// Largest person first; the others are not looked at twice.
export async function detectWith({ findPeople, findPoints }, width, height, view) {
  const side = Math.max(width, height)
  const whole = { x: 0, y: 0, size: side }
  const people = (await findPeople(await view(whole, SIZE)))
    .filter((person) => person.score >= LEAST_PERSON)
    .map((person) => toImage(person, whole))
    .sort((a, b) => area(b) - area(a))
  if (people.length > 0) {
    const square = squareRound(people[0])
    const points = await findPoints(await view(square, SIZE))
    people[0].landmarks = points.map((point) => place(point, square))
  }
  return people
}

// From 0..1 of a view to pixels of the image.
function place({ x, y, score }, square) {
  return { x: square.x + x * square.size, y: square.y + y * square.size, score }
}

function toImage(person, square) {
  const from = place({ x: person.box.x0, y: person.box.y0 }, square)
  const to = place({ x: person.box.x1, y: person.box.y1 }, square)
  return {
    score: person.score,
    box: { x0: from.x, y0: from.y, x1: to.x, y1: to.y },
    landmarks: person.landmarks.map((point) => place(point, square)),
  }
}
