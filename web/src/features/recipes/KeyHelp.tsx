import { useTexts } from '@/lib/i18n'
import styles from './KeyHelp.module.css'
import type { JSONPath } from 'jsonc-parser'
import { type Help, helpAt, type Schema } from './schema-help'

interface Props {
  schema: Schema | undefined
  path: JSONPath
}

/** Shows the schema's description of the key at the cursor. The schema is in English. */
export function KeyHelp({ schema, path }: Props) {
  const texts = useTexts()
  const help = schema && helpAt(schema, path)
  const text = texts.recipes.help
  return (
    // It scrolls, so the keyboard must be able to reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={styles['help']} aria-label={text.title} tabIndex={0}>
      {help === null && <p>{text.unknown}</p>}
      {help && help.name === '' && help.keys.length === 0 && <p>{text.root}</p>}
      {help && <Words help={help} />}
    </section>
  )
}

function Words({ help: { name, description, values, defaultValue, keys } }: { help: Help }) {
  const texts = useTexts()
  const text = texts.recipes.help
  return (
    <>
      {name && (
        <p lang="en">
          <code className={styles['name']}>{name}</code> {description}
        </p>
      )}
      {defaultValue && <p className={styles['soft']}>{text.default(defaultValue)}</p>}
      {values.length > 0 && (
        <p className={styles['values']}>
          <span className={styles['soft']}>{text.values}</span>
          {values.map((value) => (
            <code key={value} lang="en">
              {value}
            </code>
          ))}
        </p>
      )}
      {keys.length > 0 && (
        <dl className={styles['keys']} lang="en">
          {keys.map(({ key, description: what }) => (
            <div key={key}>
              <dt>
                <code>{key}</code>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}
