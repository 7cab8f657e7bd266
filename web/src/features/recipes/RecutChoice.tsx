import type { Recipes } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import type { Choice } from './recut-choice'
import styles from './RecutDialog.module.css'

interface Props {
  now: Recipes
  choice: Choice
  onChange: (choice: Choice) => void
}

const toggled = (labels: ReadonlySet<string>, label: string) => {
  const next = new Set(labels)
  if (!next.delete(label)) next.add(label)
  return next
}

export function RecutChoice({ now, choice, onChange }: Props) {
  const texts = useTexts()
  const text = texts.recipes.choose
  const tips = { active: text.activeTip, own: text.ownTip }
  return (
    <>
      <fieldset className={styles['group']}>
        <legend>{text.legend}</legend>
        {(['active', 'own'] as const).map((by) => (
          <label key={by}>
            <input
              type="radio"
              name="recut-by"
              checked={choice.by === by}
              onChange={() => onChange({ ...choice, by })}
            />
            <span>
              {text[by]}
              <span className={styles['tip']}>{tips[by]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {choice.by === 'own' && (
        <fieldset className={styles['group']}>
          <legend>{text.list}</legend>
          <div className={styles['list']}>
            {[...now.recipes, ...now.ready].map(({ label, title }) => (
              <label key={label}>
                <input
                  type="checkbox"
                  checked={choice.labels.has(label)}
                  onChange={() => onChange({ ...choice, labels: toggled(choice.labels, label) })}
                />
                <span>
                  {title} <code>{label}</code>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </>
  )
}
