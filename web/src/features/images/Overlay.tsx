import type { ImageDetail, Person } from '@/lib/api/types'
import styles from './Overlay.module.css'
import { shortTitle } from './naming'
import { bonesOf, hueOf, type Layer, sizeOf, surePoints } from './skeleton'

interface Props {
  image: ImageDetail
  shown: ReadonlySet<Layer>
  /** Who is pointed out. */
  picked: number | null
  onPick: (label: string) => void
}

/** Skeleton, people and crops over the photo, in pixels of the upright picture. */
export function Overlay({ image, shown, picked, onPick }: Props) {
  const { width, height, unit } = sizeOf(image)
  const pointed = picked === null ? undefined : image.people[picked]
  return (
    <svg
      className={styles['overlay']}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden="true"
    >
      {shown.has('people') &&
        image.people.map((person, index) => (
          <Box
            key={index}
            box={person.box}
            className={index === image.person ? styles['person'] : styles['other']}
          />
        ))}
      {pointed && <Box box={pointed.box} className={styles['pointed']} />}
      {shown.has('skeleton') &&
        image.people.map((person, index) => (
          <Skeleton key={index} person={person} unit={unit} main={index === image.person} />
        ))}
      {shown.has('crops') &&
        image.shots.map(
          ({ label, title, box }, index) =>
            box && (
              <g
                key={label}
                className={styles['crop']}
                style={{ color: hueOf(index) }}
                onClick={() => onPick(label)}
              >
                <Box box={box} className={styles['frame']} />
                <text
                  x={(box[0] ?? 0) + 9 * unit}
                  y={(box[1] ?? 0) + 28 * unit}
                  fontSize={22 * unit}
                >
                  {shortTitle({ title })}
                </text>
              </g>
            ),
        )}
    </svg>
  )
}

function Box({ box, className }: { box: readonly number[]; className: string | undefined }) {
  const [x, y, width, height] = box
  return <rect className={className} x={x} y={y} width={width} height={height} />
}

interface SkeletonProps {
  person: Person
  /** A thousandth of the longer side. */
  unit: number
  main: boolean
}

function Skeleton({ person, unit, main }: SkeletonProps) {
  return (
    <g className={main ? styles['main'] : styles['dim']}>
      {bonesOf(person).map(({ key, from, to }) => (
        <line key={key} className={styles['bone']} x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      ))}
      {surePoints(person).map(({ name, x, y }) => (
        <circle key={name} className={styles['joint']} cx={x} cy={y} r={5.5 * unit} />
      ))}
    </g>
  )
}
