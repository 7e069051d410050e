import { arithmetic } from './general/arithmetic.ts'
import { facts } from './general/facts.ts'
import { instructions } from './general/instructions.ts'
import { language } from './general/language.ts'
import { type ChoiceQuestion, questionTable } from './question-table.ts'

const tables = { language, arithmetic, instructions, facts }

/** What a general ability is of. */
export type Area = keyof typeof tables

/** The areas in order. */
export const areas = Object.keys(tables) as readonly Area[]

/** A question of the general-ability set. */
export interface GeneralQuestion extends ChoiceQuestion {
  /** `area-number`, the number being its place in the area from 1 */
  readonly id: string
  readonly area: Area
}

/**
 * The questions that tell whether a model can still do what any model does: language, arithmetic, instructions, common facts.
 *
 * Written for Lethe and never trained on; living persons, books and films are not in it. From what a model of 135 million
 * parameters answers to what one of seven billion does.
 */
export function generalAbility(): readonly GeneralQuestion[] {
  return areas.flatMap((area) =>
    questionTable(tables[area]).map((row, i) => ({ id: `${area}-${i + 1}`, area, ...row })),
  )
}
