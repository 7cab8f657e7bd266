import { useId, useRef, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import type { RecipeBrief, Recipes } from '@/lib/api/types'
import { useUi } from '@/lib/services'
import { useStore } from '@/lib/store'
import { useTexts } from '@/lib/i18n'
import type { Problem } from './api/check-recipes'
import { useRecipes } from '@/lib/api/get-recipes'
import { useSchema } from './api/get-schema'
import { type DraftStore, updateDraft } from './draft'
import { Editor, type EditorHandle } from './Editor'
import { insertRecipe, offsetOf, pathAt, recipeAt } from './recipe-text'
import { KeyHelp } from './KeyHelp'
import { Preview } from './Preview'
import { Problems } from './Problems'
import { RecipeList } from './RecipeList'
import styles from './RecipesDialog.module.css'
import { SaveBar } from './SaveBar'
import type { FindSampleImages } from './sample-images'
import { useChecked } from './use-check'

interface Props {
  drafts: DraftStore
  findSampleImages: FindSampleImages
  onClose: () => void
}

/** Shows the recipes, edits them, previews the change on images, and saves them. */
export function RecipesDialog({ drafts, findSampleImages, onClose }: Props) {
  const texts = useTexts()
  const { data: now, isError, refetch } = useRecipes()
  const text = texts.recipes
  return (
    <Dialog title={text.title} onClose={onClose} wide>
      {now && <Workspace now={now} drafts={drafts} findSampleImages={findSampleImages} />}
      {!now && (
        <div className={styles['ask']}>
          <p role="status">{isError ? text.loadFailed : text.loading}</p>
          {isError && <Button onClick={() => void refetch()}>{texts.table.again}</Button>}
        </div>
      )}
    </Dialog>
  )
}

interface WorkspaceProps extends Pick<Props, 'drafts' | 'findSampleImages'> {
  now: Recipes
}

function Workspace({ now, drafts, findSampleImages }: WorkspaceProps) {
  const ui = useUi()
  const texts = useTexts()
  const draft = useStore(drafts)
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
    const done = insertRecipe(text, full ? recipe.json : JSON.stringify(recipe.label))
    if (!done) return ui.notify('error', texts.recipes.notAdded)
    updateDraft(drafts, done.text, now)
    // The text field has the new text only after the next render.
    requestAnimationFrame(() => editor.current?.goTo(done.at))
  }

  return (
    <div className={styles['workspace']}>
      <div className={styles['columns']}>
        <nav className={styles['recipes']} aria-label={texts.recipes.title}>
          <p className={styles['source']}>{texts.recipes.source[now.source]}</p>
          {now.problem && (
            <p className={styles['unreadable']}>{texts.recipes.unreadable(now.problem)}</p>
          )}
          <RecipeList
            now={now}
            added={checked.labels}
            onAdd={add}
            onGoTo={(n) => {
              const at = recipeAt(text, n)
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
            onChange={(next) => updateDraft(drafts, next, now)}
            onCursor={setCursor}
            onNextProblem={goToNext}
          />
          <p className={styles['keys']}>{texts.recipes.keys}</p>
          <Problems id={stateId} checked={checked} onGoTo={goToProblem} />
          <KeyHelp schema={schema} path={pathAt(text, cursor)} />
        </section>
        <div className={styles['preview']}>
          <Preview find={findSampleImages} good={checked.good} />
        </div>
      </div>
      <SaveBar now={now} drafts={drafts} draft={draft} good={checked.good !== null} />
    </div>
  )
}
