import { isMapping } from '../files/mapping.ts'
import type { Path } from './document.ts'

/** `train.optimizer.betas[0]`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step,
    '',
  )
}

/** The value at `path`, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step))
      return undefined
    current = (current as Record<string, unknown>)[step]
  }
  return current
}

/** A value as a reader would recognise it in the file. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (isMapping(value)) return `a mapping with ${Object.keys(value).join(', ') || 'nothing in it'}`
  if (typeof value === 'number') return numberText(value)
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** `target` with `value` at `path`, mappings made on the way; `target` itself is not touched. */
export function withValue(target: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(target) && typeof key === 'number')
    return target.with(key, withValue(target[key], rest, value))
  const entries = isMapping(target) ? Object.entries(target) : []
  const index = entries.findIndex(([name]) => name === String(key))
  const changed = withValue(entries[index]?.[1], rest, value)
  return Object.fromEntries(
    entries.toSpliced(index < 0 ? entries.length : index, 1, [String(key), changed]),
  )
}

/** The shorter of `1e-5` and `0.00001`. */
export function numberText(value: number): string {
  const [plain, exponential] = [String(value), value.toExponential()]
  return exponential.length < plain.length ? exponential : plain
}
