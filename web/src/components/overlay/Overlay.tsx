import type { ImageDetail, Person, Shot } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './Overlay.module.css'
import { shortTitle } from '@/lib/naming'
import { bonesOf, hueOf, type Layer, sizeOf, visibleKeypoints } from '@/lib/skeleton'

interface Props {
  image: ImageDetail
  shown: ReadonlySet<Layer>
  /** The person who is highlighted. */
  picked: number | null
  onPick: (label: string) => void
  onPerson?: (index: number) => void
  /** The shots whose crops are drawn: those the image has, or those it would get. */
  shots: readonly Shot[]
  /** The label of the only shot to draw; absent: all. */
  only?: string | null
}

/** Draws skeletons, people and crops over the photo. Its coordinates are pixels of the upright image. */
export function Overlay({ image, shots, only, shown, picked, onPick, onPerson }: Props) {
  const texts = useTexts()
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
          <g
            key={index}
            className={styles[index === image.person ? 'chosen' : 'someone']}
            onClick={() => onPerson?.(index)}
          >
            <Box box={person.box} className={styles['person']} />
            {image.people.length > 1 && (
              <text
                x={(person.box[0] ?? 0) + 9 * unit}
                y={(person.box[1] ?? 0) + (person.box[3] ?? 0) - 12 * unit}
                fontSize={22 * unit}
              >
                {texts.detail.personN(index + 1)}
              </text>
            )}
          </g>
        ))}
      {pointed && <Box box={pointed.box} className={styles['pointed']} />}
      {shown.has('skeleton') &&
        image.people.map((person, index) => (
          <Skeleton key={index} person={person} unit={unit} main={index === image.person} />
        ))}
      {shown.has('crops') &&
        shots.map(
          ({ label, title, box }, index) =>
            box &&
            (only ?? label) === label && (
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
                  {shortTitle({ title }, texts)}
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
  /** A thousandth of the longer side, so that lines look equally thick on every image. */
  unit: number
  main: boolean
}

function Skeleton({ person, unit, main }: SkeletonProps) {
  return (
    <g className={main ? styles['main'] : styles['dim']}>
      {bonesOf(person).map(({ key, from, to }) => (
        <line key={key} className={styles['bone']} x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      ))}
      {visibleKeypoints(person).map(({ name, x, y }) => (
        <circle key={name} className={styles['joint']} cx={x} cy={y} r={5.5 * unit} />
      ))}
    </g>
  )
}
