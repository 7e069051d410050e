import { diffArrays } from 'diff'

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
  const changes = diffArrays(split(before), split(after))
  return joinAcrossSpace(
    changes.map(
      ({ value, removed, added }): DiffPart => ({
        kind: removed ? 'removed' : added ? 'added' : 'same',
        text: value.join(''),
      }),
    ),
  )
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
      const space = sharedSpace(removed, added)
      removed = removed.slice(0, removed.length - space.length)
      added = added.slice(0, added.length - space.length)
      flush()
      const last = result.at(-1)
      if (last?.kind === 'same') last.text += space + text
      else result.push({ kind, text: space + text })
    }
  }
  flush()
  return result
}

/** White space at the end of what was removed that ends what was added, too: it has not changed. */
function sharedSpace(removed: string, added: string): string {
  const space = removed.slice(removed.trimEnd().length)
  return added.endsWith(space) ? space : ''
}
