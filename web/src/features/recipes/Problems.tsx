import { type Texts, useTexts } from '@/lib/i18n'
import type { Problem } from './api/check-recipes'
import styles from './Problems.module.css'
import type { Checked } from './use-check'

interface Props {
  id: string
  checked: Checked
  onGoTo: (problem: Problem) => void
}

function summary({ state, problems, labels }: Checked, texts: Texts): string {
  const text = texts.recipes
  if (state === 'checking') return text.checking
  if (state === 'failed') return text.checkFailed
  return state === 'fine' ? text.fine(labels.length) : text.problems(problems.length)
}

/** The problems that the server found in the text. The server's messages are English. */
export function Problems({ id, checked, onGoTo }: Props) {
  const texts = useTexts()
  return (
    <div className={styles['problems']}>
      <p id={id} role="status" className={styles['state']} data-state={checked.state}>
        {summary(checked, texts)}
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
