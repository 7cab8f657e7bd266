import { Button, LinkButton } from '@/components/ui/Button'
import type { ImageDetail, Reason, Shot } from '@/lib/api/types'
import { useLocale, useTexts } from '@/lib/i18n'
import { useImagesServices } from '@/features/images/services'
import { FactLines } from './FactLines'
import { shotFacts } from './fact-lines'
import styles from './ImageDialog.module.css'
import { adviceFor, nameOf, reasonText, stateText, titleOf } from '@/lib/naming'
import { ShotFactsCrop } from './ShotFactsCrop'

interface Props {
  image: ImageDetail
  shot: Shot
  onEdit: () => void
}

export function ShotFacts({ image, shot, onEdit }: Props) {
  const { texts, format } = useLocale()
  const { actions } = useImagesServices()
  const { state, reasons, url, bytes, label, format: fileFormat } = shot
  const file = `${nameOf(image).replace(/\.[^.]*$/, '')}-${label}.${fileFormat === 'jpeg' ? 'jpg' : (fileFormat ?? 'jpg')}`
  return (
    <>
      <h3 className={styles['factsTitle']}>{titleOf(shot, texts)}</h3>
      <p>
        <strong>{texts.shot.state[state]}.</strong> {stateText(shot, texts)}
      </p>
      <Reasons reasons={reasons} />
      {image.status === 'processed' && <ShotFactsCrop image={image} shot={shot} onEdit={onEdit} />}
      <FactLines lines={shotFacts(shot, { texts })} />
      {url && (
        <div className={styles['buttons']}>
          <LinkButton
            icon="download"
            href={downloadUrl(shot.download ?? url, file)}
            download={file}
          >
            {texts.detail.download}
            {bytes ? `, ${format.bytes(bytes)}` : ''}
          </LinkButton>
          <Button icon="link" onClick={() => void actions.copyLink(url)}>
            {texts.detail.copyLink}
          </Button>
        </div>
      )}
    </>
  )
}

/** A URL with a query is signed by the blob store, so nothing may be added to it. */
function downloadUrl(url: string, file: string): string {
  return url.includes('?') ? url : `${url}?download=${encodeURIComponent(file)}`
}

/** The reasons, each with what the user can do about it. */
export function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  const texts = useTexts()
  if (reasons.length === 0) return null
  return (
    <ul className={styles['reasons']}>
      {reasons.map((reason) => {
        const todo = adviceFor(reason, texts)
        return (
          <li key={reason.code}>
            {reasonText(reason, texts)}
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
