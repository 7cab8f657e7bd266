import { Button } from '@/components/ui/Button'
import type { RecipeBrief, Recipes } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './RecipeList.module.css'
import { aspectText } from './aspect-text'

interface Props {
  now: Recipes
  /** The labels that are in the text already. */
  added: readonly string[]
  onAdd: (recipe: RecipeBrief, full: boolean) => void
  onGoTo: (n: number) => void
}

export function RecipeList({ now, added, onAdd, onGoTo }: Props) {
  const texts = useTexts()
  const text = texts.recipes
  return (
    <>
      <h3 className={styles['title']}>{text.active}</h3>
      <ul className={styles['list']}>
        {now.recipes.map((recipe, n) => (
          <li key={recipe.label}>
            <button
              type="button"
              className={styles['go']}
              data-tip={text.goTo(recipe.title)}
              onClick={() => onGoTo(n)}
            >
              <Brief recipe={recipe} />
            </button>
          </li>
        ))}
      </ul>
      <h3 className={styles['title']}>{text.builtIn}</h3>
      <ul className={styles['list']}>
        {now.ready.map((recipe) => (
          <li key={recipe.label} className={styles['ready']}>
            <Brief recipe={recipe} />
            {added.includes(recipe.label) ? (
              <span className={styles['there']}>{text.added}</span>
            ) : (
              <AddButtons title={recipe.title} onAdd={(full) => onAdd(recipe, full)} />
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function AddButtons({ title, onAdd }: { title: string; onAdd: (full: boolean) => void }) {
  const texts = useTexts()
  const text = texts.recipes
  return (
    <span className={styles['tools']}>
      <Button
        icon="plus"
        className={styles['add']}
        aria-label={text.addOf(title)}
        onClick={() => onAdd(false)}
      >
        {text.add}
      </Button>
      <Button
        look="quiet"
        className={styles['add']}
        aria-label={text.addFullOf(title)}
        data-tip={text.addFullTip}
        onClick={() => onAdd(true)}
      >
        {text.addFull}
      </Button>
    </span>
  )
}

/** Title and description come from the author of the recipe and are not translated. */
function Brief({ recipe }: { recipe: RecipeBrief }) {
  const texts = useTexts()
  const shape = aspectText(recipe)
  return (
    <span className={styles['brief']}>
      <span className={styles['name']}>{recipe.title}</span>
      <span className={styles['facts']}>
        <code>{recipe.label}</code>
        <span>{shape === null ? texts.recipes.anyAspect : texts.recipes.aspect(shape)}</span>
      </span>
      {recipe.description && (
        <span className={styles['about']} lang="en">
          {recipe.description}
        </span>
      )}
    </span>
  )
}
