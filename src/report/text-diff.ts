/** A stretch of text that two texts share, or that only the first (`removed`) or the second (`added`) has. */
export interface DiffPart {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/**
 * Word-level difference of two texts.
 *
 * `same + removed` parts in order spell `before` exactly, `same + added` parts spell `after`. Words, runs of white
 * space and single other characters are compared along a longest common subsequence; white space alone between two
 * changes counts as changed, so that replaced phrases stay in one piece.
 */
export function diffText(before: string, after: string): DiffPart[] {
  return joinAcrossSpace(diffTokens(split(before), split(after)))
}

/**
 * Difference of two token lists along a longest common subsequence, neighbours of one kind joined.
 *
 * Where both sides changed, `removed` comes before `added`. `O(n·m)` time and memory after the common ends are cut off.
 */
export function diffTokens(before: readonly string[], after: readonly string[]): DiffPart[] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end])
    end += 1
  const middle = diffMiddle(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  )
  return joined([
    { kind: 'same', text: before.slice(0, start).join('') },
    ...middle,
    { kind: 'same', text: before.slice(before.length - end).join('') },
  ])
}

function diffMiddle(before: readonly string[], after: readonly string[]): DiffPart[] {
  const width = after.length + 1
  // table[i, j]: length of the longest common subsequence of before[i…] and after[j…]
  const table = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      table[i * width + j] =
        before[i] === after[j]
          ? table[(i + 1) * width + j + 1] + 1
          : Math.max(table[(i + 1) * width + j], table[i * width + j + 1])
  const parts: DiffPart[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      parts.push({ kind: 'same', text: before[i] })
      i += 1
      j += 1
    } else if (
      j === after.length ||
      (i < before.length && table[(i + 1) * width + j] >= table[i * width + j + 1])
    ) {
      parts.push({ kind: 'removed', text: before[i] })
      i += 1
    } else {
      parts.push({ kind: 'added', text: after[j] })
      j += 1
    }
  }
  return parts
}

function split(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? []
}

function joinAcrossSpace(parts: readonly DiffPart[]): DiffPart[] {
  return joined(
    parts.flatMap(({ kind, text }, i): DiffPart[] =>
      kind === 'same' && i > 0 && i < parts.length - 1 && text.trim() === ''
        ? [
            { kind: 'removed', text },
            { kind: 'added', text },
          ]
        : [{ kind, text }],
    ),
  )
}

/** Joins neighbours of a kind; within a changed stretch, everything removed comes first. */
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const result: DiffPart[] = []
  let removed = ''
  let added = ''
  const flush = () => {
    if (removed) result.push({ kind: 'removed', text: removed })
    if (added) result.push({ kind: 'added', text: added })
    removed = ''
    added = ''
  }
  for (const { kind, text } of parts) {
    if (text === '') continue
    if (kind === 'removed') removed += text
    else if (kind === 'added') added += text
    else {
      flush()
      const last = result.at(-1)
      if (last?.kind === 'same') last.text += text
      else result.push({ kind, text })
    }
  }
  flush()
  return result
}
