import { JinjaError } from './jinja-error.ts'

/** Steps, and characters or items made, that one rendering may take; real conversations take a hundredth. */
const most = 5_000_000

/** Macros, blocks and expressions within each other while rendering; real templates have less than a hundred. */
const deepest = 1000

/** Ends a template that would run for ever, or write more than anything can hold. */
export class Budget {
  #left = most
  #depth = 0

  /** Counts one step, or what is about to be made of `size` characters or items. */
  spend(size = 1): void {
    this.#left -= size
    if (this.#left < 0)
      throw new JinjaError(
        `the template takes more than ${most} steps: it loops or grows without end`,
      )
  }

  /** One level deeper, below what the stack holds. */
  nested<Result>(work: () => Result): Result {
    if (++this.#depth > deepest)
      throw new JinjaError('macros or loops that call themselves without end')
    const result = work()
    this.#depth--
    return result
  }
}
