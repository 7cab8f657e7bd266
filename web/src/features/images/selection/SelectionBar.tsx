import { useState } from 'react'
import { Button, IconButton, LinkButton } from '@/components/ui/Button'
import type { IconName } from '@/components/ui/Icon'
import { texts } from '@/lib/texts'
import styles from '@/features/images/ActionBar.module.css'
import { type BulkAction, type BulkTarget } from '@/features/images/api/bulk'
import { mayHaveShots, ZIP_IDS, zipUrl } from '@/features/images/api/zip'
import { filterParams, useView } from '@/features/images/view'
import { ConfirmDelete } from './ConfirmDelete'
import { actOnSelection } from './act'
import { clearSelection, pickAll, useSelection, wholePage } from './selection'

interface Props {
  page: readonly number[]
  total: number
}

const tools: [BulkAction, IconName][] = [
  ['retry', 'retry'],
  ['cancel', 'stop'],
  ['delete', 'trash'],
]

export function SelectionBar({ page, total }: Props) {
  const view = useView()
  const selection = useSelection()
  const [confirming, setConfirming] = useState(false)
  const { ids, all } = selection
  const count = all ? total : ids.size
  const target: BulkTarget = all ? { filter: filterParams(view) } : { ids: [...ids] }
  const act = (action: BulkAction) => {
    if (action === 'delete' && all) setConfirming(true)
    else actOnSelection(action, target)
  }

  return (
    <>
      <IconButton icon="close" label={texts.select.none} onClick={clearSelection} />
      <div className={styles['words']}>
        <p role="status">{texts.select.count(count)}</p>
        {!all && total > page.length && wholePage(selection, page) && (
          <Button look="quiet" className={styles['all']} onClick={pickAll}>
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
      {(all ? mayHaveShots(filterParams(view)) : ids.size <= ZIP_IDS) && (
        <LinkButton
          look="quiet"
          icon="download"
          className={styles['tool']}
          href={zipUrl(target)}
          download
          aria-label={texts.bulk.zipSelected}
          data-tip={texts.bulk.zipSelected}
        >
          <span className={styles['word']}>{texts.bulk.zip}</span>
        </LinkButton>
      )}
      {confirming && (
        <ConfirmDelete
          count={count}
          onClose={() => setConfirming(false)}
          onConfirm={() => actOnSelection('delete', target)}
        />
      )}
    </>
  )
}
