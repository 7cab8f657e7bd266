import { Button } from '@/components/ui/Button'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { formatBytes } from '@/lib/format'
import { texts } from '@/lib/texts'
import { retryOne } from './actions'
import { imageFacts, shotFacts } from './fact-lines'
import styles from './ImageDialog.module.css'
import { nameOf } from './naming'
import { type Layer, layers } from './skeleton'
import { StatusCell } from './StatusCell'

interface Props {
  image: ImageDetail
  shot: Shot | undefined
  shown: ReadonlySet<Layer>
  onShown: (shown: ReadonlySet<Layer>) => void
}

export function Facts({ image, shot, shown, onShown }: Props) {
  return (
    <aside className={styles['facts']} aria-label={texts.detail.facts}>
      {shot ? (
        <ShotFacts image={image} shot={shot} />
      ) : (
        <>
          <StatusCell image={image} />
          {image.status === 'failed' && (
            <Button icon="retry" onClick={() => void retryOne(image)}>
              {texts.actions.retry}
            </Button>
          )}
          {image.people.length > 0 && <Toggles shown={shown} onShown={onShown} />}
          <Lines lines={imageFacts(image)} />
        </>
      )}
    </aside>
  )
}

function ShotFacts({ image, shot }: { image: ImageDetail; shot: Shot }) {
  const { title, state, reasons, url, bytes, label, format } = shot
  const file = `${nameOf(image).replace(/\.[^.]*$/, '')}-${label}.${format === 'jpeg' ? 'jpg' : (format ?? 'jpg')}`
  return (
    <>
      <h3 className={styles['factsTitle']}>{title}</h3>
      <p>
        <strong>{texts.shot.state[state]}.</strong> {texts.shot.stateTip[state]}
      </p>
      {reasons.length > 0 && (
        <ul className={styles['reasons']}>
          {reasons.map(({ code, message }) => (
            <li key={code}>{message}</li>
          ))}
        </ul>
      )}
      <Lines lines={shotFacts(shot)} />
      {url && (
        <a
          className={styles['download']}
          href={`${url}?download=${encodeURIComponent(file)}`}
          download={file}
        >
          {texts.detail.download}
          {bytes ? `, ${formatBytes(bytes)}` : ''}
        </a>
      )}
    </>
  )
}

function Toggles({ shown, onShown }: Pick<Props, 'shown' | 'onShown'>) {
  return (
    <fieldset className={styles['toggles']}>
      <legend>{texts.detail.show}</legend>
      {layers.map((layer) => (
        <label key={layer}>
          <input
            type="checkbox"
            checked={shown.has(layer)}
            onChange={({ target }) =>
              onShown(
                target.checked
                  ? new Set([...shown, layer])
                  : new Set([...shown].filter((one) => one !== layer)),
              )
            }
          />
          {texts.detail[layer]}
        </label>
      ))}
    </fieldset>
  )
}

function Lines({ lines }: { lines: [string, string][] }) {
  return (
    <dl className={styles['lines']}>
      {lines.map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}
