import { templateProblems } from '../data/plain-template.ts'
import { isMapping } from '../files/mapping.ts'
import type { Conflict } from './examine-recipe.ts'
import { valueAt } from './value-path.ts'

/** Templates need their placeholders. */
export function templateConflicts(written: unknown): Conflict[] {
  return ['forget', 'retain', 'data'].flatMap((set) => {
    const template = valueAt(written, [set, 'template'])
    if (!isMapping(template)) return []
    const { prompt, answer } = template
    if (typeof prompt !== 'string' || typeof answer !== 'string') return []
    return templateProblems({ prompt, answer }, '').map(({ path, ...problem }) => ({
      ...problem,
      at: [set, 'template', String(path).slice(1)],
      part: 'value' as const,
    }))
  })
}
