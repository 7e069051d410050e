/** Where a text stops being JSON. */
export interface JsonFault {
  offset: number
  expected: string
}

/** A member of an object (with its key) or an element of an array: its value is `text.slice(start, end)`. */
export interface JsonChild {
  key: string | null
  start: number
  end: number
}

type Expectation = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'end of value'

/**
 * Walks one JSON value from `start` and returns the offset after it, or where it breaks.
 *
 * The messages of `JSON.parse` differ between engines and often hold no position, so positions come from here and
 * values from `JSON.parse`. Grammar: RFC 8259. Iterative: nesting costs no stack.
 */
export function scanValue(text: string, start: number): number | JsonFault {
  const open: ('{' | '[')[] = []
  let awaited: Expectation = 'value'
  let i = skipSpace(text, start)
  for (;;) {
    const char = text[i]
    const top = open[open.length - 1]
    if (awaited === 'end of value') {
      if (char === ',') {
        awaited = top === '{' ? 'key' : 'value'
        i = skipSpace(text, i + 1)
        continue
      }
      if (char !== (top === '{' ? '}' : ']'))
        return { offset: i, expected: top === '{' ? '"," or "}"' : '"," or "]"' }
      open.pop()
      i++
    } else if (awaited === 'colon') {
      if (char !== ':') return { offset: i, expected: '":"' }
      awaited = 'value'
      i = skipSpace(text, i + 1)
      continue
    } else if (awaited === 'key' || (awaited === 'first key' && char !== '}')) {
      if (char !== '"') return { offset: i, expected: 'a key in double quotes' }
      const end = scanString(text, i)
      if (typeof end !== 'number') return end
      awaited = 'colon'
      i = skipSpace(text, end)
      continue
    } else if (awaited === 'first key' || (awaited === 'first value' && char === ']')) {
      open.pop()
      i++
    } else if (char === '{' || char === '[') {
      open.push(char)
      awaited = char === '{' ? 'first key' : 'first value'
      i = skipSpace(text, i + 1)
      continue
    } else {
      const end = scanScalar(text, i)
      if (typeof end !== 'number') return end
      i = end
    }
    if (open.length === 0) return i
    awaited = 'end of value'
    i = skipSpace(text, i)
  }
}

/** Where a text that should be exactly one JSON value breaks, or null when it is one. */
export function jsonFault(text: string): JsonFault | null {
  const end = scanValue(text, 0)
  if (typeof end !== 'number') return end
  const rest = skipSpace(text, end)
  return rest < text.length ? { offset: rest, expected: 'nothing after the JSON value' } : null
}

/** The members or elements of the array or object at `start` of a text already known to be JSON. */
export function jsonChildren(text: string, start: number): JsonChild[] {
  const children: JsonChild[] = []
  const open = skipSpace(text, start)
  const close = text[open] === '{' ? '}' : ']'
  for (let i = skipSpace(text, open + 1); text[i] !== close; ) {
    let key: string | null = null
    if (close === '}') {
      const end = scanString(text, i) as number
      key = JSON.parse(text.slice(i, end)) as string
      i = skipSpace(text, skipSpace(text, end) + 1)
    }
    const end = scanValue(text, i) as number
    children.push({ key, start: i, end })
    i = skipSpace(text, end)
    if (text[i] === ',') i = skipSpace(text, i + 1)
  }
  return children
}

function scanScalar(text: string, start: number): number | JsonFault {
  if (text[start] === '"') return scanString(text, start)
  const scalar = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
  scalar.lastIndex = start
  return scalar.test(text) ? scalar.lastIndex : { offset: start, expected: 'a JSON value' }
}

function scanString(text: string, start: number): number | JsonFault {
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 0x22) return i + 1
    if (char < 0x20)
      return { offset: i, expected: 'a closing quote, or control characters escaped (\\n, \\t)' }
    if (char !== 0x5c) continue
    if (!/^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(text.slice(i + 1, i + 6)))
      return { offset: i, expected: 'an escape that JSON knows (\\n, \\", \\\\, \\u0041)' }
    i++
  }
  return { offset: text.length, expected: 'a closing quote' }
}

function skipSpace(text: string, start: number): number {
  let i = start
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++
  return i
}
