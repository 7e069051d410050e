/** Text in lines of at most `width` characters, each ended; the first begins with `first`, the others with `rest`. */
export function wrap(text: string, width: number, first = '', rest = first): string {
  const lines: string[] = []
  let line = first
  for (const word of text.split(/\s+/)) {
    const begun = line !== first && line !== rest
    if (begun && line.length + 1 + word.length > width) {
      lines.push(line)
      line = rest + word
    } else line += (begun ? ' ' : '') + word
  }
  return [...lines, line].map((each) => `${each}\n`).join('')
}
