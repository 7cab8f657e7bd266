/** Manuals of the project, which somebody who uses or operates the service need not have. */
const manual = String.raw`(?:docs/[\w./-]*\w|(?:README|ARCHITECTURE|CONTRIBUTING)\.md)`

const inParentheses = new RegExp(String.raw`\s*\([^()]*${manual}[^()]*\)`, 'g')
/** The part of a sentence from a semicolon, or a whole sentence. */
const clause = new RegExp(String.raw`\s*;[^;]*?${manual}[^.;]*`, 'g')
const sentence = new RegExp(String.raw`(?<=^|[.!?]\s+)[^.!?]*?${manual}[^.!?]*[.!?]?\s*`, 'g')

/** A text of the server as the page shows it: without pointers to the project's manuals, and with the page that
 * shows the API instead of the file that describes it. */
export const serverText = (text: string): string =>
  text
    .replace(inParentheses, '')
    .replace(clause, '')
    .replace(sentence, '')
    .replaceAll('/openapi.yaml', '/docs')
    .trim()
