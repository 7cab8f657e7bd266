/** Finds places in the text of the recipes. The text is being edited, so it may be broken anywhere. */
import { getLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser'

/** The keys and list indexes that lead to the cursor. The last one is the key that the cursor is at, if any. */
export function pathAt(text: string, cursor: number): JSONPath {
  const { path, isAtPropertyKey } = getLocation(text, cursor)
  // Where a key could start but none is written yet, the library answers an empty key.
  return isAtPropertyKey && path.at(-1) === '' ? path.slice(0, -1) : path
}

/** The offset of a line and column, which count from 1. A column beyond the line is its end. */
export function offsetOf(text: string, line: number, column = 1): number {
  let at = 0
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', at)
    if (next < 0) return text.length
    at = next + 1
  }
  const end = text.indexOf('\n', at)
  return Math.min(at + column - 1, end < 0 ? text.length : end)
}

/** The list of recipes: the whole text, or the value of its key "recipes". */
function recipeList(text: string): Node | undefined {
  const root = parseTree(text)
  if (root?.type !== 'object') return root?.type === 'array' ? root : undefined
  const property = root.children?.find(({ children }) => children?.[0]?.value === 'recipes')
  const value = property?.children?.[1]
  return value?.type === 'array' ? value : undefined
}

/** Adds an entry to the end of the list of recipes, and says where it starts. Null if the text has no complete
 * list. The entry keeps its own line breaks, which an edit by the library would not. */
export function insertRecipe(text: string, entry: string): { text: string; at: number } | null {
  const list = recipeList(text)
  const end = list ? list.offset + list.length - 1 : -1
  if (!list || text[end] !== ']') return null
  const before = text.slice(0, end).trimEnd()
  const line = text.slice(text.lastIndexOf('\n', list.offset) + 1)
  const indent = /^[ \t]*/.exec(line)?.[0] ?? ''
  const head = `${before}${list.children?.length ? ',' : ''}\n${indent}  `
  const indented = entry.replaceAll('\n', `\n${indent}  `)
  return { text: `${head}${indented}\n${indent}${text.slice(end)}`, at: head.length }
}

/** Where the n-th recipe of the list starts, or -1. */
export const recipeAt = (text: string, n: number): number =>
  recipeList(text)?.children?.[n]?.offset ?? -1
