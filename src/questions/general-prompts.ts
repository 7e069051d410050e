import { generalPromptsTable } from './general-prompts-table.ts'
import { tableLines } from './question-table.ts'

/**
 * What people ask a model for, written for Lethe: questions of every form, explanations, lists, short texts. A model's own answers to
 * them are what it keeps where there are no texts to keep; none of them is in the general-ability set.
 */
export function generalPrompts(): readonly string[] {
  return tableLines(generalPromptsTable)
}
