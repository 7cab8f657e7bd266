/** crypto.randomUUID is not available over plain http. */
export const randomId = () =>
  [...crypto.getRandomValues(new Uint8Array(12))]
    .map((n) => n.toString(16).padStart(2, '0'))
    .join('')
