import type { EditDescription } from '../edit/describe-edit.ts'
import { wrap } from './wrap.ts'

/** An edit rule as a page of text. */
export function editPage(rule: EditDescription): string {
  const { id, title, summary, source, formula, knobs, defects } = rule
  const list = (lines: readonly string[]) =>
    lines.map((line) => wrap(line, 96, '  - ', '    ')).join('')
  const knobLines = knobs.map(
    ({ name, type, default: value, description }) =>
      `${name} (${type}, default ${value}): ${description}`,
  )
  return `${id}: ${title}
${wrap(summary, 96)}${wrap(`Source: ${source}`, 96)}
A stage of a recipe
  stages:
    - { name: edited, edit: { id: ${id} } }

Formula
${list([formula])}
Knobs
${list(knobLines)}
Known defects
${list(defects)}`
}
