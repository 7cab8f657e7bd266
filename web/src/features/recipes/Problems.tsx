import { texts } from '@/lib/i18n'
import type { Problem } from './api/check-recipes'
import styles from './Problems.module.css'
import type { Checked } from './use-check'

interface Props {
  id: string
  checked: Checked
  onGoTo: (problem: Problem) => void
}

function words({ state, problems, labels }: Checked): string {
  const text = texts.recipes
  if (state === 'checking') return text.checking
  if (state === 'failed') return text.checkFailed
  return state === 'fine' ? text.fine(labels.length) : text.problems(problems.length)
}

/** What the server says of the text; its own words are English. */
export function Problems({ id, checked, onGoTo }: Props) {
  return (
    <div className={styles['problems']}>
      <p id={id} role="status" className={styles['state']} data-state={checked.state}>
        {words(checked)}
      </p>
      {checked.problems.length > 0 && (
        <ol className={styles['list']}>
          {checked.problems.map((problem, n) => (
            <li key={n}>
              <button type="button" className={styles['problem']} onClick={() => onGoTo(problem)}>
                <span className={styles['place']}>
                  {texts.recipes.problemAt(problem.line ?? 1, problem.column ?? 1)}
                  {problem.place && <code>{problem.place}</code>}
                </span>
                <span lang="en">{problem.message}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
