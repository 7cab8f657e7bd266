import { Button, LinkButton } from '@/components/ui/Button'
import type { ImageDetail, Reason, Shot } from '@/lib/api/types'
import { formatBytes } from '@/lib/format'
import { texts } from '@/lib/i18n'
import { copyLink } from './image-actions'
import { FactLines } from './FactLines'
import { shotFacts } from './fact-lines'
import styles from './ImageDialog.module.css'
import { adviceFor, nameOf, reasonText, titleOf } from './naming'
import { ShotFactsCrop } from './ShotFactsCrop'

interface Props {
  image: ImageDetail
  shot: Shot
  onEdit: () => void
}

export function ShotFacts({ image, shot, onEdit }: Props) {
  const { state, reasons, url, bytes, label, format } = shot
  const file = `${nameOf(image).replace(/\.[^.]*$/, '')}-${label}.${format === 'jpeg' ? 'jpg' : (format ?? 'jpg')}`
  return (
    <>
      <h3 className={styles['factsTitle']}>{titleOf(shot)}</h3>
      <p>
        <strong>{texts.shot.state[state]}.</strong> {texts.shot.stateTip[state]}
      </p>
      <Reasons reasons={reasons} />
      {image.status === 'processed' && <ShotFactsCrop image={image} shot={shot} onEdit={onEdit} />}
      <FactLines lines={shotFacts(shot)} />
      {url && (
        <div className={styles['buttons']}>
          <LinkButton icon="download" href={saving(shot.download ?? url, file)} download={file}>
            {texts.detail.download}
            {bytes ? `, ${formatBytes(bytes)}` : ''}
          </LinkButton>
          <Button icon="link" onClick={() => void copyLink(url)}>
            {texts.detail.copyLink}
          </Button>
        </div>
      )}
    </>
  )
}

/** A link that has a query already is not ours to add to. */
function saving(url: string, file: string): string {
  return url.includes('?') ? url : `${url}?download=${encodeURIComponent(file)}`
}

/** Each with what a person can do about it. */
export function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  if (reasons.length === 0) return null
  return (
    <ul className={styles['reasons']}>
      {reasons.map((reason) => {
        const todo = adviceFor(reason)
        return (
          <li key={reason.code}>
            {reasonText(reason)}
            {todo && (
              <p className={styles['todo']}>
                <span className="visually-hidden">{texts.detail.whatToDo}: </span>
                {todo}
              </p>
            )}
          </li>
        )
      })}
    </ul>
  )
}
