import type { Position } from '../error.ts'
import type { Path, SourceDocument } from './document.ts'
import { type Override, overrideOf } from './override.ts'
import { pathText } from './value-path.ts'

/** Where one value of a resolved recipe comes from. */
export type Origin =
  | { from: 'default' }
  | { from: 'part'; part: string }
  | { from: 'file'; position: Position }
  | { from: 'flag'; flag: string }

/** The origin of each value, by its path: `{ 'train.learningRate': { from: 'file', … } }`. Lists are one value. */
export type Provenance = Readonly<Record<string, Origin>>

/** A value that something brings along, for a key that is not written. */
export interface Brought {
  readonly at: Path
  readonly value: unknown
  /** What brings it: `method rmu`. */
  readonly by: string
}

/** Finds where each value of `resolved` comes from: a flag, else the file (`written` holds it), else a part, else a default. */
export function provenanceOf(
  resolved: unknown,
  document: SourceDocument,
  written: unknown,
  overrides: readonly Override[],
  brought: readonly Brought[] = [],
): Provenance {
  const origins: Record<string, Origin> = {}
  const visit = (value: unknown, source: unknown, inFile: boolean, path: Path): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, child] of Object.entries(value)) {
        const known = typeof source === 'object' && source !== null && Object.hasOwn(source, key)
        const next = known ? (source as Record<string, unknown>)[key] : undefined
        visit(child, next, inFile && known, [...path, key])
      }
      return
    }
    const override = overrideOf(overrides, path)
    origins[pathText(path)] = override
      ? { from: 'flag', flag: override.flag }
      : inFile
        ? { from: 'file', position: document.positionOf(path) }
        : broughtBy(brought, path)
  }
  visit(resolved, written, true, [])
  return origins
}

function broughtBy(brought: readonly Brought[], path: Path): Origin {
  const found = brought.find(({ at }) => at.every((key, depth) => key === path[depth]))
  return found ? { from: 'part', part: found.by } : { from: 'default' }
}
