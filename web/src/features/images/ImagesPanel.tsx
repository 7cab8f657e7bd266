import { type ComponentType, type ReactNode, useEffect, useMemo } from 'react'
import { Button } from '@/components/ui/Button'
import { errorText } from '@/lib/api/error'
import { useLimits } from '@/lib/api/limits'
import type { Image } from '@/lib/api/types'
import { useUi } from '@/lib/services'
import { useTexts } from '@/lib/i18n'
import { ActionBar } from './selection/ActionBar'
import type { RecutDialogProps } from './selection/SelectionBar'
import type { ShotColumn } from './table/columns'
import { ImageDialog } from './detail/ImageDialog'
import styles from './ImagesPanel.module.css'
import { ImageTable } from './table/ImageTable'
import { neighbours } from './table/rows/neighbours'
import { whatShows } from './table/rows/shows'
import { useRows } from './table/rows/use-rows'
import { useImagesServices } from './services'
import { Toolbar } from './table/Toolbar'
import { useCounts } from './table/use-counts'
import { filterKey, useChangeView, useView, viewParams } from '@/lib/view'

interface Props {
  /** The controls that add images; `large` while there are no images at all. */
  addImages: (large: boolean) => ReactNode
  /** The dialog that re-cuts the selection; it is another feature. */
  RecutDialog: ComponentType<RecutDialogProps>
}

export function ImagesPanel({ addImages, RecutDialog }: Props) {
  const ui = useUi()
  const { selection } = useImagesServices()
  const texts = useTexts()
  const view = useView()
  const { q, filter, batch, sort, order } = view
  const wanted = useMemo(
    () => viewParams({ q, filter, batch, sort, order }),
    [q, filter, batch, sort, order],
  )
  const { rows, old, error, retry, load } = useRows(wanted, view.row)
  const near = rows ? neighbours(rows, view) : []
  const shots = useShotColumns(near)
  // While some rows are loaded, the list stays and the error is shown as a notification.
  const hasRows = rows !== null
  useEffect(() => {
    if (error && hasRows)
      ui.notify('error', texts.table.loadFailed, {
        items: [errorText(error, texts)],
        action: { label: texts.table.again, run: retry },
      })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per error
  }, [error, hasRows])
  // With another filter the selected rows may not be visible any more.
  const shownFilter = filterKey(view)
  useEffect(() => selection.clear(), [selection, shownFilter])
  const counts = useCounts(rows)
  // The counts depend on search and batch, so only without them do they tell whether there are any images.
  const whole = rows?.params.q === undefined && rows?.params.batch === undefined
  const empty =
    whole && counts !== undefined && counts.pending + counts.processed + counts.failed === 0

  const shows = whatShows(rows, old)

  return (
    <main className={styles['panel']}>
      {addImages(empty)}
      {!empty && <Toolbar counts={counts} />}
      {error && !rows && (
        <div className={styles['message']} role="alert">
          <p className={styles['title']}>{texts.table.loadFailed}</p>
          <p>{errorText(error, texts)}</p>
          <Button icon="retry" onClick={retry}>
            {texts.table.again}
          </Button>
        </div>
      )}
      {shows === 'loading' && !empty && (rows !== null || !error) && <Loading />}
      {shows === 'nothing' && !empty && <Nothing />}
      {rows && !empty && shows !== 'loading' && (
        <ActionBar shots={shots} total={rows.count} RecutDialog={RecutDialog} />
      )}
      {rows && shows === 'rows' && (
        <ImageTable rows={rows} shots={shots} old={old} onVisible={load} />
      )}
      {view.image !== null && <ImageDialog id={view.image} images={near} />}
    </main>
  )
}

/** The shots of the active recipes; until the server has named them, those of the loaded images. */
function useShotColumns(images: readonly Image[]): readonly ShotColumn[] {
  const named = useLimits()?.shots
  const titles = new Map<string, string>()
  if (!named)
    for (const { shots } of images) for (const { label, title } of shots) titles.set(label, title)
  // Compared by value, because a new array would render all rows again.
  const found = JSON.stringify([...titles].map(([label, title]) => ({ label, title })))
  return useMemo(() => named ?? (JSON.parse(found) as ShotColumn[]), [named, found])
}

function Nothing() {
  const changeView = useChangeView()
  const texts = useTexts()
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

const PLACEHOLDERS = [0, 1, 2, 3, 4, 5]

function Loading() {
  const texts = useTexts()
  return (
    <div className={styles['placeholders']} role="status">
      <span className="visually-hidden">{texts.table.loading}</span>
      {PLACEHOLDERS.map((one) => (
        <div key={one} className={styles['placeholder']} />
      ))}
    </div>
  )
}
