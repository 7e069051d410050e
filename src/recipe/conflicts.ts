import type { Path } from './document.ts'
import type { Conflict } from './examine-recipe.ts'
import { describeValue, valueAt } from './value-path.ts'

/** `train.epochs` and `train.steps` are two ways to say one thing; a warm-up must end before the last step. */
export function lengthConflicts(written: unknown): Conflict[] {
  const of = (key: string) => valueAt(written, ['train', key]) ?? null
  const conflicts: Conflict[] = []
  if (of('epochs') !== null && of('steps') !== null)
    conflicts.push({
      at: ['train', 'steps'],
      part: 'key',
      code: 'conflict',
      expected: 'epochs or steps, not both',
      got: `epochs ${describeValue(of('epochs'))} and steps ${describeValue(of('steps'))}`,
      hint: 'Remove one of the two lines',
    })
  const [warmup, steps] = [of('warmupSteps'), of('steps')]
  if (typeof warmup === 'number' && typeof steps === 'number' && warmup >= steps)
    conflicts.push({
      at: ['train', 'warmupSteps'],
      part: 'value',
      code: 'conflict',
      expected: `warmupSteps < steps = ${steps}`,
      got: String(warmup),
    })
  return conflicts
}

/** A conflict unless `value(multiple)` is a whole multiple of `value(of)`; silent where either is not a number. */
export function multipleConflict(written: unknown, multiple: Path, of: Path): Conflict[] {
  const [large, small] = [valueAt(written, multiple), valueAt(written, of)]
  if (typeof large !== 'number' || typeof small !== 'number' || small <= 0) return []
  if (large % small === 0) return []
  return [
    {
      at: multiple,
      part: 'value',
      code: 'conflict',
      expected: `a multiple of ${of.at(-1)} = ${small}`,
      got: String(large),
    },
  ]
}
