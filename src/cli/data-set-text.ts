import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { formatPreview, previewTokens } from '../data/preview.ts'
import { formatProblem } from '../error.ts'
import type { DataSet } from './data-set.ts'

/** A data set as text: what encoding did to it, then its first examples with the trained tokens marked. */
export function dataSetText(
  { name, path, examples, report, ignoredKeys }: DataSet,
  count: number,
  tokenizer: Tokenizer,
  colour: boolean,
): string {
  const { tokens, trainedTokens, longest, template, shape } = report
  const written =
    template === null
      ? 'as it is'
      : template === 'chat'
        ? 'with the chat template'
        : `plain, as ${JSON.stringify(template.prompt + template.answer)}`
  const share = Math.round((100 * trainedTokens) / tokens)
  const lines = [
    `${name}: ${path}`,
    `  ${report.examples} ${report.examples === 1 ? 'example' : 'examples'} of shape ${shape}, written ${written}`,
    `  ${tokens} tokens, of which ${trainedTokens} trained (${share} %); the longest example has ${longest}`,
  ]
  if (ignoredKeys.length > 0) lines.push(`  keys that are not used: ${ignoredKeys.join(', ')}`)
  for (const warning of report.warnings) lines.push(`  warning: ${formatProblem(warning)}`)
  for (const example of examples.slice(0, count)) {
    const trained = example.trained.reduce((total, one) => total + one, 0)
    const { file, line } = example.origin
    lines.push(
      '',
      `#${example.index}  ${file}:${line}  ${example.tokens.length} tokens, ${trained} trained`,
    )
    lines.push(formatPreview(previewTokens(example, tokenizer), { color: colour }))
  }
  return `${lines.join('\n')}\n\n`
}

/** The same as data. */
export function dataSetJson(
  { name, path, examples, report, ignoredKeys }: DataSet,
  count: number,
  tokenizer: Tokenizer,
): object {
  const preview = examples.slice(0, count).map((example) => ({
    index: example.index,
    origin: example.origin,
    prompt: example.prompt,
    answer: example.answer,
    tokens: previewTokens(example, tokenizer),
  }))
  return { name, path, report, ignoredKeys, preview }
}
