import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { type Problem, UserError } from '../error.ts'
import { type EncodedItem, encodeItem } from './encode-item.ts'
import type { Example } from './example.ts'
import { firstProblems } from './first-problems.ts'
import type { Item } from './items.ts'
import { type PlainTemplate, templateProblems } from './plain-template.ts'
import { resolveTemplate, type TemplateChoice } from './prompt.ts'
import type { ShapeId } from './record-shape.ts'

export interface EncodeOptions {
  template?: TemplateChoice
  /** Longest sequence in tokens, the end token included. */
  maxLength: number
}

/** What encoding did to a data set: nothing is cut or left untrained without a line here. */
export interface EncodeReport {
  examples: number
  shape: ShapeId
  /** What prompts are written with; null for {text}, which has none. */
  template: 'chat' | PlainTemplate | null
  tokens: number
  trainedTokens: number
  /** Tokens of the longest example before truncation. */
  longest: number
  /** Every example that lost tokens, and how many. */
  truncated: { index: number; file: string; line: number; tokens: number }[]
  truncatedTokens: number
  warnings: Problem[]
}

/**
 * Turns the records of one file into token sequences with a mask of the trained tokens.
 *
 * Question shapes: the answer is trained with its end token (the end-of-turn token of the chat template, or eos), the
 * prompt is not. {messages}: every assistant turn. {text}: every token after the first, and eos.
 *
 * @param items at least one, all of one shape
 * @returns examples in the order of the items, and the report
 * @throws UserError (the first 20 problems, then a count) for a template without its placeholders, or where an example
 *   has no prompt token, nothing to train on, or a conversation that the template refuses
 */
export function encodeItems(
  items: readonly Item[],
  tokenizer: Tokenizer,
  options: EncodeOptions,
): { examples: Example[]; report: EncodeReport } {
  const { shape } = items[0]
  const { maxLength } = options
  const template = shape === 'text' ? null : resolveTemplate(options.template, tokenizer, shape)
  if (typeof template === 'object' && template !== null && templateProblems(template).length > 0)
    throw new UserError(templateProblems(template))
  const problems: Problem[] = []
  const encoded: EncodedItem[] = []
  items.forEach((item, index) => {
    const made = encodeItem(item, index, tokenizer, { template, maxLength })
    if ('problem' in made) problems.push(made.problem)
    else encoded.push(made)
  })
  if (problems.length > 0) throw new UserError(firstProblems(problems))
  const examples = encoded.map(({ example }) => example)
  const truncated = examples
    .filter(({ truncatedTokens }) => truncatedTokens > 0)
    .map(({ index, origin, truncatedTokens }) => ({ index, ...origin, tokens: truncatedTokens }))
  const report: EncodeReport = {
    examples: examples.length,
    shape,
    template,
    tokens: sum(examples.map(({ tokens }) => tokens.length)),
    trainedTokens: sum(
      examples.map(({ trained }) => trained.reduce((total, one) => total + one, 0)),
    ),
    longest: longestOf(encoded),
    truncated,
    truncatedTokens: sum(truncated.map(({ tokens }) => tokens)),
    warnings: warningsOf(encoded, maxLength),
  }
  return { examples, report }
}

function warningsOf(encoded: readonly EncodedItem[], maxLength: number): Problem[] {
  const warnings: Problem[] = []
  const warn = (of: EncodedItem[], problem: Problem) => {
    if (of.length === 0) return
    const got = `${problem.got} in ${of.length} of ${encoded.length} examples`
    const position = { ...of[0].example.origin, column: 1 }
    warnings.push({ ...problem, position, got })
  }
  const cut = encoded.filter(({ example }) => example.truncatedTokens > 0)
  warn(cut, {
    code: 'truncated',
    expected: `at most maxLength = ${maxLength} tokens`,
    got: `${sum(cut.map(({ example }) => example.truncatedTokens))} tokens cut`,
    hint: `The longest example has ${longestOf(encoded)} tokens`,
  })
  warn(
    encoded.filter(({ ended }) => !ended),
    {
      code: 'end-token-not-trained',
      expected: 'the end token among the trained tokens',
      got: 'none',
      hint: 'These examples do not teach the model where an answer stops',
    },
  )
  warn(
    encoded.filter(({ faithful }) => !faithful),
    {
      code: 'token-border',
      expected: 'prompt and answer encoded apart to say what the text says',
      got: 'another text',
      hint: 'Let the prompt template end without a space and the answer template begin with it',
    },
  )
  return warnings
}

function longestOf(encoded: readonly EncodedItem[]): number {
  return encoded.reduce((longest, { length }) => Math.max(longest, length), 0)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
