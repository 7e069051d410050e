import { isMap, isScalar, isSeq, type Node, parseDocument, stringify, visit } from 'yaml'
import type { Origin, Provenance } from './provenance.ts'
import { numberText, pathText } from './value-path.ts'

/**
 * A resolved recipe as YAML, a comment after each value saying where it came from: `# default`, `# my.yaml:12`, `# default of method rmu`,
 * `# --set train.seed=3`. Reading it back gives the same recipe.
 *
 * @param header comment lines at the top, such as the exact command
 */
export function toYaml(
  recipe: object,
  provenance: Provenance,
  header: readonly string[] = [],
): string {
  const document = parseDocument(stringify(recipe, { lineWidth: 0 }))
  visit(document, {
    Pair(_, pair, ancestors) {
      const value = pair.value as Node | null
      if (!value || isMap(value)) return undefined
      const keys = ancestors
        .filter((node) => 'key' in node)
        .map((node) => String((node as { key: unknown }).key))
      const origin =
        provenance[pathText([...keys, String(isScalar(pair.key) ? pair.key.value : pair.key)])]
      if (!origin) return undefined
      if (isSeq(value)) value.flow = true
      // A block of several lines would leave no room for the comment.
      if (isScalar(value) && /\n/.test(String(value.value))) value.type = 'QUOTE_DOUBLE'
      if (isScalar(value) && typeof value.value === 'number' && /e/.test(numberText(value.value)))
        value.format = 'EXP'
      value.comment = ` ${originText(origin)}`
      return undefined
    },
  })
  const top = header.map((line) => `# ${line}\n`).join('')
  return top + document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

function originText(origin: Origin): string {
  if (origin.from === 'file') return `${origin.position.file}:${origin.position.line}`
  if (origin.from === 'part') return `default of ${origin.part}`
  return origin.from === 'flag' ? origin.flag : 'default'
}
