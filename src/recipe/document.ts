import { isAlias, isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { Position, Problem } from '../error.ts'
import { depthProblem, nestingProblem } from './yaml.ts'

/** Keys and list indices from the root to a value. */
export type Path = readonly (string | number)[]

/** A YAML or JSON file as data that still knows where each value stands. */
export interface SourceDocument {
  file: string
  /** Plain data; undefined when the file is empty or its syntax is broken. */
  value: unknown
  /** Syntax errors and duplicate keys, in the order of the file. */
  problems: Problem[]
  /** Where the value (or its key) at `path` stands; for a path that does not exist, its nearest existing parent. */
  positionOf(path: Path, part?: 'key' | 'value'): Position
}

/** Words for the parser's error codes, where they say more than its own message. */
const syntax: Record<string, { expected: string; got: string; hint?: string }> = {
  TAB_AS_INDENT: {
    expected: 'spaces as indentation',
    got: 'a tab',
    hint: 'YAML does not allow tabs there; use two spaces for each level',
  },
  MULTIPLE_DOCS: { expected: 'one document', got: 'a second one, after "---"' },
  BLOCK_AS_IMPLICIT_KEY: {
    expected: 'one "key: value" a line',
    got: 'a key inside a value',
    hint: 'Check the indentation of the next line, or put the value in quotes if it contains ": "',
  },
  BLOCK_IN_FLOW: {
    expected: 'a comma between the entries of { … } or [ … ]',
    got: 'a second "key:" without one',
  },
}

/**
 * Parses YAML 1.2 (core schema, so `1e-5` is a number and `yes` is text) or JSON, of which YAML is a superset.
 * Nothing is thrown: what is wrong stands in `problems`.
 */
export function parseSource(text: string, file: string): SourceDocument {
  const deep = nestingProblem(text, file)
  if (deep)
    return { file, value: undefined, problems: [deep], positionOf: () => deep.position as Position }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Its own words for what a problem says anyway.
    logLevel: 'error',
  })
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: Problem[] = []
  let broken = false
  let lastLine = 0
  for (const error of faultsOf(document)) {
    const at = position(error.pos[0])
    if (error.code === 'DUPLICATE_KEY') {
      const key = /^["']?([^"'\s:]*)/.exec(text.slice(error.pos[0]))?.[1] ?? ''
      problems.push({
        code: 'duplicate-key',
        path: key,
        position: at,
        expected: 'each key once',
        got: `"${key}" a second time`,
        hint: 'Remove one of the two',
      })
      continue
    }
    broken = true
    // One mistake makes the parser stumble several times in the same line: the first says it.
    if (at.line !== lastLine)
      problems.push({
        code: 'syntax',
        position: at,
        ...(syntax[error.code] ?? { expected: 'valid YAML', got: `an error: ${error.message}` }),
      })
    lastLine = at.line
  }
  let value: unknown
  if (!broken)
    try {
      value = document.toJS() ?? undefined
    } catch (error) {
      // Unknown or endlessly expanding aliases are found only here.
      const message = (error as Error).message
      problems.push({ code: 'syntax', position: position(0), expected: 'valid YAML', got: message })
    }
  const deepValue = depthProblem(value, file)
  if (deepValue) {
    problems.push(deepValue)
    value = undefined
  }

  const positionOf = (path: Path, part: 'key' | 'value' = 'value'): Position => {
    let node = document.contents as Node | null
    let offset = start(node) ?? 0
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document) ?? null
      if (!isCollection(node)) break
      const last = depth === path.length - 1
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step),
        )
        if (!pair) break
        node = pair.value as Node | null
        // An empty value has no place of its own: its key has.
        const empty = isScalar(node) && node.source === ''
        offset = (!(last && part === 'key') && !empty ? start(node) : start(pair.key)) ?? offset
      } else {
        node = (node.items[Number(step)] ?? null) as Node | null
        offset = start(node) ?? offset
      }
    }
    return position(offset)
  }
  return { file, value, problems, positionOf }
}

/** What is wrong; where tabs indent, only that, since everything else follows from it. */
function faultsOf(document: ReturnType<typeof parseDocument>) {
  const tabs = document.errors.filter((error) => error.code === 'TAB_AS_INDENT')
  return tabs.length > 0 ? tabs : [...document.errors, ...document.warnings]
}

function start(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0]
}
