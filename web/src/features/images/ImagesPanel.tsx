import { type ReactNode, useEffect, useMemo } from 'react'
import { Button } from '@/components/ui/Button'
import { errorText } from '@/lib/api/error'
import { useLimits } from '@/lib/api/limits'
import type { Image } from '@/lib/api/types'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import { ActionBar } from './ActionBar'
import type { ShotColumn } from './columns'
import { ImageDialog } from './ImageDialog'
import styles from './ImagesPanel.module.css'
import { ImageTable } from './ImageTable'
import { useLeaving } from './pending-deletes'
import { neighbours } from './rows/neighbours'
import { useRows } from './rows/use-rows'
import { clearSelection } from './selection/selection'
import { Toolbar } from './Toolbar'
import { changeView, filterKey, useView, viewParams } from './view'

interface Props {
  /** The ways in, large while there is nothing at all. */
  intake: (empty: boolean) => ReactNode
}

export function ImagesPanel({ intake }: Props) {
  const view = useView()
  const { q, filter, batch, sort, order } = view
  const wanted = useMemo(
    () => viewParams({ q, filter, batch, sort, order }),
    [q, filter, batch, sort, order],
  )
  const { rows, old, error, retry, look } = useRows(wanted, view.row, useLeaving())
  const near = rows ? neighbours(rows, view) : []
  const shots = useShotColumns(near)
  // Rows that do not come while others are there: the list stays, the trouble is told.
  const shownAlready = rows !== null
  useEffect(() => {
    if (error && shownAlready)
      notify('error', texts.table.loadFailed, {
        items: [errorText(error)],
        action: { label: texts.table.again, run: retry },
      })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once an error
  }, [error, shownAlready])
  // What was chosen is not in sight any more.
  const shown = filterKey(view)
  useEffect(clearSelection, [shown])
  const counts = rows?.counts
  // Counts are of what the search and the batch leave: only without them they tell that there is nothing.
  const whole = rows?.params.q === undefined && rows?.params.batch === undefined
  const empty =
    whole && counts !== undefined && counts.pending + counts.processed + counts.failed === 0

  return (
    <main className={styles['panel']}>
      {intake(empty)}
      {!empty && <Toolbar counts={counts} />}
      {error && !rows && (
        <div className={styles['message']} role="alert">
          <p className={styles['title']}>{texts.table.loadFailed}</p>
          <p>{errorText(error)}</p>
          <Button icon="retry" onClick={retry}>
            {texts.table.again}
          </Button>
        </div>
      )}
      {!rows && !error && <Loading />}
      {rows && !empty && rows.count === 0 && <Nothing />}
      {rows && !empty && <ActionBar shots={shots} total={rows.count} />}
      {rows && rows.count > 0 && <ImageTable rows={rows} shots={shots} old={old} onLook={look} />}
      {view.image !== null && <ImageDialog id={view.image} images={near} />}
    </main>
  )
}

/** As the server names them; before that, what the images have. */
function useShotColumns(images: readonly Image[]): readonly ShotColumn[] {
  const named = useLimits()?.shots
  const titles = new Map<string, string>()
  if (!named)
    for (const { shots } of images) for (const { label, title } of shots) titles.set(label, title)
  // By what it says, not by who says it: the rows are drawn anew when it changes.
  const found = JSON.stringify([...titles].map(([label, title]) => ({ label, title })))
  return useMemo(() => named ?? (JSON.parse(found) as ShotColumn[]), [named, found])
}

function Nothing() {
  return (
    <div className={styles['message']}>
      <p className={styles['title']}>{texts.table.nothing}</p>
      <p>{texts.table.nothingHint}</p>
      <Button onClick={() => changeView({ q: '', filter: '', batch: '' })}>
        {texts.table.showAll}
      </Button>
    </div>
  )
}

const GHOSTS = [0, 1, 2, 3, 4, 5]

function Loading() {
  return (
    <div className={styles['ghosts']} role="status">
      <span className="visually-hidden">{texts.table.loading}</span>
      {GHOSTS.map((one) => (
        <div key={one} className={styles['ghost']} />
      ))}
    </div>
  )
}
