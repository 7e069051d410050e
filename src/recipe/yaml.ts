import { Lexer, LineCounter, Parser, parse } from 'yaml'
import { type Problem, UserError } from '../error.ts'

/** Levels of lists and mappings that a file may have; the deepest recipe has eight. */
const deepest = 64

/**
 * What is wrong with a text, or null, where its lists and mappings lie too deep inside each other for a parser that
 * calls itself for each level: the end of the stack can end the process.
 */
export function nestingProblem(text: string, file: string): Problem | null {
  const lines = new LineCounter()
  lines.addNewLine(0)
  const parser = new Parser(lines.addNewLine)
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    // The document is an entry of the stack too, and so is what stands innermost.
    if (parser.stack.length <= deepest + 2) continue
    const { line, col } = lines.linePos(parser.offset)
    return tooDeep({ file, line, column: col })
  }
  return null
}

/** The same of a value, in which aliases may lie inside each other: in any number, and in themselves. */
export function depthProblem(value: unknown, file: string): Problem | null {
  let level = [value].filter(isCollection)
  for (let depth = 0; depth < deepest; depth++) {
    level = [...new Set(level.flatMap(Object.values).filter(isCollection))]
    if (level.length === 0) return null
  }
  return tooDeep({ file, line: 1, column: 1 })
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function tooDeep(position: NonNullable<Problem['position']>): Problem {
  return {
    code: 'nesting',
    position,
    expected: `lists and mappings at most ${deepest} deep inside each other`,
    got: 'more',
  }
}

/**
 * The value of a YAML text of which positions don't matter.
 *
 * @throws UserError where it is nested too deep or is no YAML
 */
export function parseYaml(text: string, file: string): unknown {
  const deep = nestingProblem(text, file)
  if (deep) throw new UserError(deep)
  let value: unknown
  try {
    value = parse(text, { logLevel: 'error' })
  } catch (error) {
    throw new UserError({
      code: 'syntax',
      path: file,
      expected: 'valid YAML',
      got: `an error: ${(error as Error).message}`,
    })
  }
  const depth = depthProblem(value, file)
  if (depth) throw new UserError(depth)
  return value
}
