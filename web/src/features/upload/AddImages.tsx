import { Button } from '@/components/ui/Button'
import { useTexts } from '@/lib/i18n'
import styles from './AddImages.module.css'
import { BatchField } from './BatchField'
import { FilePicker } from './FilePicker'
import { useUploads } from './uploads'

/** The controls that add images. They are large while there are no images, and one line afterwards. */
export function AddImages({ large }: { large: boolean }) {
  const texts = useTexts()
  const uploads = useUploads()
  return (
    <section
      className={[styles['band'], large ? styles['large'] : ''].join(' ')}
      aria-label={texts.upload.region}
    >
      {large && <Figure />}
      <div className={styles['words']}>
        {large && <h2 className={styles['title']}>{texts.upload.emptyTitle}</h2>}
        {large && <p className={styles['text']}>{texts.upload.emptyText}</p>}
        <p className={styles['lead']}>
          <strong>{texts.upload.lead}</strong> <span>{texts.upload.more}</span>
        </p>
      </div>
      <BatchField />
      <div className={styles['buttons']}>
        <FilePicker />
        <Button icon="link" onClick={() => uploads.openUrlDialog()}>
          {texts.upload.addUrls}
        </Button>
      </div>
    </section>
  )
}

/** A drawing of a figure with its keypoints and the frames of the five shots. */
function Figure() {
  return (
    <svg className={styles['figure']} viewBox="0 0 200 240" aria-hidden="true" focusable="false">
      <g className={styles['frames']}>
        <rect x="34" y="8" width="132" height="224" rx="4" />
        <rect x="70" y="40" width="60" height="38" rx="3" />
        <rect x="128" y="62" width="30" height="72" rx="3" />
        <rect x="86" y="86" width="28" height="28" rx="3" />
        <rect x="70" y="116" width="60" height="32" rx="3" />
      </g>
      <path
        className={styles['bones']}
        d="M74 66h52M74 66 58 98l6 32M126 66l18 30-2 32M74 66l8 66h36l8-66M82 132l-4 44 2 42M118 132l6 44-4 42"
      />
      <circle className={styles['head']} cx="100" cy="34" r="13" />
      <g className={styles['joints']}>
        {joints.map(([x, y]) => (
          <circle key={`${x} ${y}`} cx={x} cy={y} r="3.4" />
        ))}
      </g>
    </svg>
  )
}

const joints = [
  [74, 66],
  [126, 66],
  [58, 98],
  [144, 96],
  [64, 130],
  [142, 128],
  [82, 132],
  [118, 132],
  [78, 176],
  [124, 176],
  [80, 218],
  [120, 218],
] as const
