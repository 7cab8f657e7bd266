import type { JSONPath } from 'jsonc-parser'

/** The part of JSON Schema that the recipes' schema uses. */
export interface Schema {
  $ref?: string | undefined
  $defs?: Record<string, Schema>
  description?: string
  type?: string
  enum?: (string | number)[]
  const?: string
  default?: unknown
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  oneOf?: Schema[]
}

export interface Help {
  /** The key that the help is about; '' for the recipes as a whole. */
  name: string
  description: string
  values: string[]
  defaultValue: string | null
  /** The keys it may contain. */
  keys: { key: string; description: string }[]
}

const resolve = (root: Schema, one: Schema): Schema => {
  const name = one.$ref?.replace('#/$defs/', '')
  const target = name ? root.$defs?.[name] : undefined
  return target ? { ...resolve(root, target), ...one, $ref: undefined } : one
}

/** The schema and all its alternatives. */
const forms = (root: Schema, one: Schema): Schema[] => {
  const whole = resolve(root, one)
  return [whole, ...(whole.oneOf ?? []).flatMap((form) => forms(root, form))]
}

function step(root: Schema, one: Schema, part: string | number): Schema | null {
  for (const form of forms(root, one)) {
    const next = typeof part === 'number' ? form.items : form.properties?.[part]
    if (next) return next
  }
  return null
}

function describe(root: Schema, one: Schema): string {
  return forms(root, one).find(({ description }) => description)?.description ?? ''
}

function valuesOf(root: Schema, one: Schema): string[] {
  return forms(root, one).flatMap(({ enum: words, const: word, type, minimum, maximum }) => {
    if (words) return words.map(String)
    if (word !== undefined) return [word]
    if (type === 'boolean') return ['true', 'false']
    if ((type === 'integer' || type === 'number') && minimum !== undefined && maximum !== undefined)
      return [`${minimum} … ${maximum}`]
    return []
  })
}

function keysOf(root: Schema, one: Schema) {
  const all = forms(root, one).flatMap(({ properties }) => Object.entries(properties ?? {}))
  return all.map(([key, schema]) => ({ key, description: describe(root, schema) }))
}

/** The help for a path in the recipes; null if the schema has no such path. */
export function helpAt(root: Schema, path: JSONPath): Help | null {
  const inside = path[0] === 'recipes' ? path.slice(1) : path
  const recipe = root.$defs?.['recipe']
  if (!recipe) return null
  if (inside.length === 0)
    return { name: '', description: '', values: [], defaultValue: null, keys: [] }
  let name = ''
  let at: Schema = recipe
  const steps = typeof inside[0] === 'number' ? inside.slice(1) : inside
  for (const part of steps) {
    const next = step(root, at, part)
    if (!next) return null
    if (typeof part === 'string') name = part
    // The description of a list describes its entries, which have none of their own.
    at =
      typeof part === 'number' ? { ...resolve(root, next), description: describe(root, at) } : next
  }
  const { default: left } = resolve(root, at)
  return {
    name,
    description: steps.length === 0 ? '' : describe(root, at),
    values: steps.length === 0 ? [] : valuesOf(root, at.items ?? at),
    defaultValue: left === undefined ? null : JSON.stringify(left),
    keys: keysOf(root, at),
  }
}
