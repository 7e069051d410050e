import type { MethodDescription } from '../method/describe.ts'
import { methodSections } from '../method/sections.ts'
import { wrap } from './wrap.ts'

/** A method as a page of text. */
export function methodPage(method: MethodDescription): string {
  const { id, title, source, summary } = method
  const text = methodSections(method).map(
    ({ heading, lines }) =>
      `${heading}\n${lines.map((line) => wrap(line, 96, '  - ', '    ')).join('')}`,
  )
  return `${id}: ${title}\n${wrap(summary, 96)}${wrap(`Source: ${source}`, 96)}\n${text.join('\n')}`
}
