/** The keys of the editor. They insert text in the way of the browser's own typing, so that undo includes it. */

export const STEP = '  '

function type(area: HTMLTextAreaElement, from: number, to: number, text: string) {
  area.focus()
  area.setSelectionRange(from, to)
  if (document.execCommand('insertText', false, text)) return
  area.setRangeText(text, from, to, 'end')
  area.dispatchEvent(new Event('input', { bubbles: true }))
}

/** A line break with the indentation of this line, one step more after an opening bracket. */
export function lineBreak(before: string): string {
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const indent = /^[ \t]*/.exec(line)?.[0] ?? ''
  return `\n${indent}${/[[{]\s*$/.test(line) ? STEP : ''}`
}

/** Indents or outdents the lines by one step. */
export const shifted = (lines: string, out: boolean) =>
  lines
    .split('\n')
    .map((line) => (out ? line.replace(/^ {1,2}|^\t/, '') : line === '' ? line : STEP + line))
    .join('\n')

function shiftLines(area: HTMLTextAreaElement, out: boolean) {
  const { value, selectionStart, selectionEnd } = area
  const from = value.lastIndexOf('\n', selectionStart - 1) + 1
  const after = value.indexOf('\n', selectionEnd)
  const to = after < 0 ? value.length : after
  const before = value.slice(from, to)
  const text = shifted(before, out)
  if (text === before) return
  type(area, from, to, text)
  if (before.includes('\n')) area.setSelectionRange(from, from + text.length)
}

/** Handles a key of the editor and returns true, or false for any other key. Tab is not one of them, because it
 * leaves the field as everywhere else. */
export function editKey(area: HTMLTextAreaElement, event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event
  if (event.isComposing) return false
  if (key === 'Enter' && !ctrlKey && !metaKey && !altKey && !shiftKey) {
    const { value, selectionStart, selectionEnd } = area
    type(area, selectionStart, selectionEnd, lineBreak(value.slice(0, selectionStart)))
    return true
  }
  if ((ctrlKey || metaKey) && (key === ']' || key === '[')) {
    shiftLines(area, key === '[')
    return true
  }
  return false
}
