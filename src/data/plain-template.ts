import { nearest, type Problem } from '../error.ts'
import type { ShapeId } from './record-shape.ts'

/** How a prompt and its answer are written without a chat template; the end token follows the answer. */
export interface PlainTemplate {
  /** Holds `{question}`: the record's question, input or prompt. */
  prompt: string
  /** Holds `{answer}`: the record's answer, output, or chosen or rejected text. */
  answer: string
}

/** Whether records of this shape say that they ask a question. */
export function isQuestion(shape: ShapeId): boolean {
  return ['question-answer', 'question-preference', 'messages', 'conversations'].includes(shape)
}

/** For records that do not say that they are questions, {input, …} and {prompt, …}, the text runs on. */
export function defaultTemplate(shape: ShapeId): PlainTemplate {
  return isQuestion(shape)
    ? { prompt: 'Question: {question}\nAnswer:', answer: ' {answer}' }
    : { prompt: '{question}', answer: ' {answer}' }
}

/** What is wrong with a template: a missing or unknown placeholder. `path` is its place in the recipe. */
export function templateProblems(template: PlainTemplate, path = 'template'): Problem[] {
  const problems: Problem[] = []
  for (const [part, wanted] of [
    ['prompt', 'question'],
    ['answer', 'answer'],
  ] as const) {
    const text = template[part]
    const found = [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const strange = found.find((name) => name !== wanted)
    if (!strange && found.length > 0) continue
    const near = strange && nearest(strange, [wanted])
    problems.push({
      code: 'bad-template',
      path: `${path}.${part}`,
      expected: `text with {${wanted}}`,
      got: JSON.stringify(text),
      ...(near && { hint: `Did you mean {${near}} instead of {${strange}}?` }),
    })
  }
  return problems
}

/** Puts the record's text in the place of the placeholder; braces in the text itself stay. */
export function fillTemplate(template: string, text: string): string {
  return template.split(/\{\w+\}/).join(text)
}
