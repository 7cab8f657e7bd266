/** Reading JSON that is being written: it may be broken behind the cursor, or before it. */

export type Path = (string | number)[]

interface Frame {
  list: boolean
  start: number
  /** Of an object: the key whose value comes or came. */
  key: string | null
  /** Of an object: a colon was seen behind the key. */
  value: boolean
  index: number
  /** Of a list: something stands in it. */
  filled: boolean
}

export interface Place {
  /** The containers and keys that the cursor is in, the key at the cursor included. */
  path: Path
  /** The last step of the path is a key that the cursor is at. */
  atKey: boolean
}

const stringEnd = (text: string, at: number) => {
  let i = at + 1
  while (i < text.length && text[i] !== '"' && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1
  return Math.min(text[i] === '"' ? i + 1 : i, text.length)
}

function unquote(token: string): string {
  try {
    return JSON.parse(token) as string
  } catch {
    return token.replace(/^"|"$/g, '')
  }
}

const frame = (list: boolean, start: number): Frame => ({
  list,
  start,
  key: null,
  value: false,
  index: 0,
  filled: false,
})

interface Visitor {
  /** A value starts; the stack is what it stands in. */
  value?: (stack: readonly Frame[], at: number) => void
  /** A container ends, the last of the stack. */
  end?: (stack: readonly Frame[], at: number) => void
}

/** Walks over the text; answers what is open at `until`. */
function walk(text: string, until: number, { value, end }: Visitor = {}): Frame[] {
  const stack: Frame[] = []
  for (let i = 0; i < until;) {
    const top = stack[stack.length - 1]
    const c = text[i] as string
    if (top && !/[\s,\]}]/.test(c)) top.filled = true
    const isKey = c === '"' && top && !top.list && !top.value
    if (!isKey && /["{[]/.test(c)) value?.(stack, i)
    if (c === '"') {
      const after = stringEnd(text, i)
      const key = isKey || (top && !top.list && /^\s*:/.test(text.slice(after, after + 40)))
      if (key) Object.assign(top, { key: unquote(text.slice(i, after)), value: false })
      i = after
      continue
    }
    if (c === '{' || c === '[') stack.push(frame(c === '[', i))
    else if (c === '}' || c === ']') {
      end?.(stack, i)
      stack.pop()
    } else if (c === ':' && top) top.value = true
    else if (c === ',' && top) {
      top.key = null
      top.value = false
      top.index++
    }
    i++
  }
  return stack
}

export function placeAt(text: string, cursor: number): Place {
  const stack = walk(text, cursor)
  const path: Path = []
  for (const { list, key, index } of stack) {
    if (list) path.push(index)
    else if (key !== null) path.push(key)
  }
  const top = stack[stack.length - 1]
  return { path, atKey: top !== undefined && !top.list && top.key !== null }
}

/** From line and column (from 1) to the place in the text. */
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

/** A bare list, or the one under the key "recipes". */
const isRecipeList = ([root, inner, ...rest]: readonly Frame[]) =>
  rest.length === 0 &&
  (inner ? inner.list && !root?.list && root?.key === 'recipes' : root?.list === true)

/** Adds an entry to the end of the list of recipes; null when the text has none. */
export function withEntry(text: string, entry: string): { text: string; at: number } | null {
  const ends: { start: number; filled: boolean; at: number }[] = []
  walk(text, text.length, {
    end: (stack, at) => {
      const top = stack[stack.length - 1]
      if (top && isRecipeList(stack)) ends.push({ start: top.start, filled: top.filled, at })
    },
  })
  const list = ends[0]
  if (!list) return null
  const before = text.slice(0, list.at).replace(/\s+$/, '')
  const line = text.lastIndexOf('\n', list.start) + 1
  const outer = /^[ \t]*/.exec(text.slice(line))?.[0] ?? ''
  const head = `${before}${list.filled ? ',' : ''}\n${outer}  `
  const put = entry.replaceAll('\n', `\n${outer}  `)
  return { text: `${head}${put}\n${outer}${text.slice(list.at)}`, at: head.length }
}

/** Where the n-th recipe of the list starts, or -1. */
export function entryAt(text: string, n: number): number {
  let found = -1
  walk(text, text.length, {
    value: (stack, at) => {
      if (found < 0 && isRecipeList(stack) && stack[stack.length - 1]?.index === n) found = at
    },
  })
  return found
}
