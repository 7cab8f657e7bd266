import { useId, useRef, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import type { RecipeBrief, Recipes } from '@/lib/api/types'
import { notify } from '@/lib/snackbars'
import { texts } from '@/lib/i18n'
import type { Problem } from './api/check-recipes'
import { useRecipes } from './api/get-recipes'
import { useSchema } from './api/get-schema'
import { useDraft, write } from './draft'
import { Editor, type EditorHandle } from './Editor'
import { entryAt, offsetOf, placeAt, withEntry } from './json-cursor'
import { KeyHelp } from './KeyHelp'
import { Preview } from './Preview'
import { Problems } from './Problems'
import { RecipeList } from './RecipeList'
import styles from './RecipesDialog.module.css'
import { SaveBar } from './SaveBar'
import type { FindSampleImages } from './sample-images'
import { useChecked } from './use-check'

interface Props {
  findSampleImages: FindSampleImages
  onClose: () => void
}

/** Which shots are cut and how: seen, tried on pictures, changed for all. */
export function RecipesDialog({ findSampleImages, onClose }: Props) {
  const { data: now, isError, refetch } = useRecipes()
  const text = texts.recipes
  return (
    <Dialog title={text.title} onClose={onClose} wide>
      {now && <Workspace now={now} findSampleImages={findSampleImages} />}
      {!now && (
        <div className={styles['ask']}>
          <p role="status">{isError ? text.loadFailed : text.loading}</p>
          {isError && <Button onClick={() => void refetch()}>{texts.table.again}</Button>}
        </div>
      )}
    </Dialog>
  )
}

function Workspace({ now, findSampleImages }: { now: Recipes; findSampleImages: FindSampleImages }) {
  const draft = useDraft()
  const text = draft?.text ?? now.text
  const checked = useChecked(text)
  const schema = useSchema()
  const [cursor, setCursor] = useState(0)
  const editor = useRef<EditorHandle>(null)
  const stateId = useId()

  const goToProblem = ({ line, column }: Problem) =>
    editor.current?.goTo(offsetOf(text, line ?? 1, column ?? 1))
  const goToNext = () => {
    const { problems } = checked
    const next = problems.find(
      ({ line, column }) => offsetOf(text, line ?? 1, column ?? 1) > cursor,
    )
    const problem = next ?? problems[0]
    if (problem) goToProblem(problem)
  }
  const add = (recipe: RecipeBrief, full: boolean) => {
    const done = withEntry(text, full ? recipe.json : JSON.stringify(recipe.label))
    if (!done) return notify('error', texts.recipes.notAdded)
    write(done.text, now)
    // The field has the new text when the page is drawn again.
    requestAnimationFrame(() => editor.current?.goTo(done.at))
  }

  return (
    <div className={styles['desk']}>
      <div className={styles['columns']}>
        <nav className={styles['recipes']} aria-label={texts.recipes.title}>
          <p className={styles['source']}>{texts.recipes.source[now.source]}</p>
          {now.problem && (
            <p className={styles['unreadable']}>{texts.recipes.unreadable(now.problem)}</p>
          )}
          <RecipeList
            now={now}
            there={checked.labels}
            onAdd={add}
            onGoTo={(n) => {
              const at = entryAt(text, n)
              editor.current?.goTo(Math.max(0, at))
            }}
          />
        </nav>
        <section className={styles['writing']} aria-label={texts.recipes.editor}>
          <Editor
            ref={editor}
            value={text}
            problems={checked.problems}
            invalid={checked.state === 'bad'}
            describedBy={stateId}
            onChange={(next) => write(next, now)}
            onCursor={setCursor}
            onNextProblem={goToNext}
          />
          <p className={styles['keys']}>{texts.recipes.keys}</p>
          <Problems id={stateId} checked={checked} onGoTo={goToProblem} />
          <KeyHelp schema={schema} path={placeAt(text, cursor).path} />
        </section>
        <div className={styles['trial']}>
          <Preview find={findSampleImages} good={checked.good} />
        </div>
      </div>
      <SaveBar now={now} draft={draft} good={checked.good !== null} />
    </div>
  )
}
