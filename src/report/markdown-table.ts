/** A table of text: a header and a line a row. */
export interface TextTable {
  readonly header: readonly string[]
  readonly lines: readonly (readonly string[])[]
}

/**
 * A table as Markdown; `|` in cells is escaped.
 *
 * @param align `'right'`: all columns but the first to the right, for numbers
 */
export function markdownTable({ header, lines }: TextTable, align: 'left' | 'right'): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  const rule = header.map((_, i) => (i === 0 || align === 'left' ? '---' : '---:'))
  return row(header) + row(rule) + lines.map(row).join('')
}
