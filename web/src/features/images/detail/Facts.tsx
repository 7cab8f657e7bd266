import type { UseQueryResult } from '@tanstack/react-query'
import { Button, LinkButton } from '@/components/ui/Button'
import type { ImageDetail, Plan, Shot } from '@/lib/api/types'
import { useLocale, useTexts } from '@/lib/i18n'
import { useImagesServices } from '@/features/images/services'
import { overlayUrl } from '@/lib/api/get-image'
import { FactLines } from './FactLines'
import { imageFacts } from './fact-lines'
import styles from './ImageDialog.module.css'
import { People } from './People'
import { Reasons, ShotFacts } from './ShotFacts'
import { type Layer, layers } from '@/lib/skeleton'
import { StatusCell } from '@/features/images/table/StatusCell'

interface Props {
  image: ImageDetail
  shot: Shot | undefined
  shown: ReadonlySet<Layer>
  onShown: (shown: ReadonlySet<Layer>) => void
  picked: number | null
  onPick: (person: number | null) => void
  /** The shots that the image would get with the highlighted person. */
  plan: UseQueryResult<Plan> | null
  onEdit: () => void
}

export function Facts({ image, shot, onEdit, ...rest }: Props) {
  const texts = useTexts()
  return (
    <aside className={styles['facts']} aria-label={texts.detail.facts}>
      {shot ? (
        <ShotFacts image={image} shot={shot} onEdit={onEdit} />
      ) : (
        <PhotoFacts image={image} {...rest} />
      )}
    </aside>
  )
}

function PhotoFacts({
  image,
  shown,
  onShown,
  picked,
  onPick,
  plan,
}: Omit<Props, 'shot' | 'onEdit'>) {
  const locale = useLocale()
  const { texts } = locale
  const { actions } = useImagesServices()
  const { id, status, people, attention } = image
  return (
    <>
      <StatusCell image={image} brief={attention.length > 0} />
      <Reasons reasons={attention} />
      {status === 'failed' && (
        <Button icon="retry" onClick={() => void actions.retry(image)}>
          {texts.actions.retry}
        </Button>
      )}
      {status === 'pending' && (
        <Button icon="stop" onClick={() => void actions.cancel(image)}>
          {texts.actions.cancel}
        </Button>
      )}
      {people.length > 0 && <Toggles shown={shown} onShown={onShown} />}
      <People image={image} picked={picked} onPick={onPick} plan={plan} />
      <FactLines lines={imageFacts(image, locale)} />
      <div className={styles['buttons']}>
        {status === 'processed' && (
          <LinkButton icon="image" href={overlayUrl(id)} target="_blank" rel="noreferrer">
            {texts.detail.overlay}
          </LinkButton>
        )}
        <Button icon="link" onClick={() => void actions.copyLink(`?image=${id}`)}>
          {texts.detail.copyLink}
        </Button>
      </div>
    </>
  )
}

function Toggles({ shown, onShown }: Pick<Props, 'shown' | 'onShown'>) {
  const texts = useTexts()
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
