import { type ComponentType, useState } from 'react'
import { Button, IconButton } from '@/components/ui/Button'
import type { IconName } from '@/components/ui/Icon'
import { useTexts } from '@/lib/i18n'
import styles from './ActionBar.module.css'
import { type BulkAction, type BulkTarget } from '@/features/images/api/bulk'
import { mayHaveShots } from '@/features/images/api/zip'
import { filterParams, useView } from '@/lib/view'
import { ConfirmBulk } from '@/features/images/bulk/ConfirmBulk'
import { useImagesServices, useSelection } from '@/features/images/services'
import { listIds } from '@/features/images/bulk/list-ids'
import { countSelected } from './selection'
import { ZipButton } from './ZipButton'

export interface RecutDialogProps {
  /** How many images are selected, roughly. */
  count: number
  findIds: () => Promise<number[]>
  onClose: () => void
  /** The re-cut has started. */
  onDone: () => void
}

interface Props {
  /** How many images match. */
  total: number
  RecutDialog: ComponentType<RecutDialogProps>
}

/** Above this number the user is asked first. */
const ASK_FROM = 500

const tools: [BulkAction, IconName][] = [
  ['retry', 'retry'],
  ['cancel', 'stop'],
  ['delete', 'trash'],
]

export function SelectionBar({ total, RecutDialog }: Props) {
  const texts = useTexts()
  const view = useView()
  const services = useImagesServices()
  const selection = useSelection()
  const clear = () => services.selection.clear()
  const [asking, setAsking] = useState<BulkAction | null>(null)
  const [recutting, setRecutting] = useState(false)
  const { ids, all, except } = selection
  const count = countSelected(selection, total)
  const target: BulkTarget = all ? { filter: filterParams(view), except } : { ids: [...ids] }
  const act = (action: BulkAction) => {
    if (all && (action === 'delete' || count > ASK_FROM)) setAsking(action)
    else services.bulk.runOnSelection(action, target, count)
  }
  // Only processed images can be re-cut.
  const findIds = async () =>
    'ids' in target
      ? [...target.ids]
      : listIds({ ...target.filter, status: 'processed' }, target.except)

  return (
    <>
      <IconButton icon="close" label={texts.select.none} onClick={clear} />
      <div className={styles['words']}>
        <p role="status">{texts.select.count(count)}</p>
        {count < total && (
          <Button
            look="quiet"
            className={styles['all']}
            onClick={() => services.selection.selectAll()}
          >
            {texts.select.all(total)}
          </Button>
        )}
      </div>
      {tools.map(([action, icon]) => (
        <Button
          key={action}
          look="quiet"
          icon={icon}
          className={styles['tool']}
          aria-label={texts.bulk.ofSelected[action]}
          data-tip={texts.bulk.ofSelected[action]}
          onClick={() => act(action)}
        >
          <span className={styles['word']}>{texts.bulk.name[action]}</span>
        </Button>
      ))}
      {mayHaveShots(filterParams(view)) && (
        <Button
          look="quiet"
          icon="crop"
          className={styles['tool']}
          aria-label={texts.recipes.choose.openTip}
          data-tip={texts.recipes.choose.openTip}
          onClick={() => setRecutting(true)}
        >
          <span className={styles['word']}>{texts.recipes.choose.open}</span>
        </Button>
      )}
      <ZipButton target={target} label={texts.bulk.zipSelected} tip={texts.bulk.zipSelected} />
      {recutting && (
        <RecutDialog
          count={count}
          findIds={findIds}
          onClose={() => setRecutting(false)}
          onDone={clear}
        />
      )}
      {asking && (
        <ConfirmBulk
          action={asking}
          count={count}
          onClose={() => setAsking(null)}
          onConfirm={() => services.bulk.runOnSelection(asking, target, count)}
        />
      )}
    </>
  )
}
