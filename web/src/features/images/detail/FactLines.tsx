import styles from './ImageDialog.module.css'

export function FactLines({ lines }: { lines: [term: string, text: string][] }) {
  return (
    <dl className={styles['lines']}>
      {lines.map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}
