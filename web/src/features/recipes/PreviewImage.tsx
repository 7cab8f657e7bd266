import { CroppedImage } from '@/components/ui/CroppedImage'
import type { Image, Shot } from '@/lib/api/types'
import { type Box, boxOf } from '@/lib/box'
import { useTexts } from '@/lib/i18n'
import type { Pair } from './compare'
import { reasonText } from '@/lib/naming'
import styles from './Preview.module.css'

interface Props {
  image: Image
  pairs: readonly Pair[]
  failed: boolean
}

export function PreviewImage({ image, pairs, failed }: Props) {
  const texts = useTexts()
  return (
    <article className={styles['image']} aria-label={image.name}>
      <h4 className={styles['name']}>{image.name}</h4>
      {failed && <p className={styles['failed']}>{texts.recipes.preview.failed}</p>}
      <ul className={styles['pairs']}>
        {pairs.map((pair) => (
          <li key={pair.label} className={styles['pair']} data-kind={pair.kind}>
            <p className={styles['shot']}>
              <span>{pair.title}</span>
              <span className={styles['kind']}>{texts.recipes.preview.kind[pair.kind]}</span>
            </p>
            <div className={styles['sides']}>
              <Side words="now" shot={pair.now} image={image} />
              <Side words="then" shot={pair.then} image={image} />
            </div>
          </li>
        ))}
      </ul>
    </article>
  )
}

function Side({ words, shot, image }: { words: 'now' | 'then'; shot: Shot | null; image: Image }) {
  const texts = useTexts()
  const text = texts.recipes.preview
  const there = shot && shot.state !== 'absent' ? shot : null
  return (
    <figure className={styles['side']}>
      <figcaption>{text[words]}</figcaption>
      {there === null ? (
        <span className={styles['nothing']} aria-hidden="true">
          –
        </span>
      ) : words === 'now' && there.url ? (
        <img
          className={styles['file']}
          src={there.url}
          width={there.width}
          height={there.height}
          loading="lazy"
          alt={text.nowOf(there.title, image.name)}
        />
      ) : (
        <Planned shot={there} image={image} />
      )}
      {shot && <State shot={shot} />}
    </figure>
  )
}

const THUMBNAIL_PX = 320
/** If the thumbnail has this many pixels of the crop, the original is not needed. */
const ENOUGH_PX = 150

const inThumbnail = ({ w }: Box, { width = 1, height = 1 }: Image) =>
  w * Math.min(1, THUMBNAIL_PX / Math.max(width, height)) >= ENOUGH_PX

/** A planned shot, shown by cropping the photo with CSS. */
function Planned({ shot, image }: { shot: Shot; image: Image }) {
  const texts = useTexts()
  const box = boxOf(shot.box ?? [])
  const { original, thumbnail, width = 1, height = 1 } = image
  const src = (inThumbnail(box, image) && thumbnail) || original || thumbnail
  if (!src) return null
  return (
    <CroppedImage
      src={src}
      fallback={thumbnail}
      photo={{ width, height }}
      box={box}
      alt={texts.recipes.preview.thenOf(shot.title, image.name)}
      maxRem={11}
      className={styles['cut']}
      lazy
    />
  )
}

/** The state of a shot with its reasons, unless it is OK without any. */
function State({ shot: { state, reasons } }: { shot: Shot }) {
  const texts = useTexts()
  if (state === 'ok' && reasons.length === 0) return null
  return (
    <p className={styles['state']}>
      <strong data-state={state}>{texts.shot.state[state]}</strong>{' '}
      {reasons.map((reason) => reasonText(reason, texts)).join(' ')}
    </p>
  )
}
