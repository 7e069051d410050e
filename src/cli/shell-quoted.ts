/** A text in single quotes, as shells of Bourne's kind read it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
