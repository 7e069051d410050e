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

/** Values that a part brings along, for keys that are not written. */
export interface Filling {
  /** What brings them: `method rmu`. */
  readonly by: string
  readonly values: readonly { readonly at: Path; readonly value: unknown }[]
}

/** Finds where each value of `resolved` comes from: a flag, else the file (`written` holds it), else a part, else a default. */
export function provenanceOf(
  resolved: unknown,
  document: SourceDocument,
  written: unknown,
  overrides: readonly Override[],
  filling: Filling | null = null,
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
        : broughtBy(filling, path)
  }
  visit(resolved, written, true, [])
  return origins
}

function broughtBy(filling: Filling | null, path: Path): Origin {
  const isPart = filling?.values.some(({ at }) => at.every((key, depth) => key === path[depth]))
  return filling && isPart ? { from: 'part', part: filling.by } : { from: 'default' }
}
