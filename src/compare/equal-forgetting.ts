/** A look at a model on its way. */
export interface PathLook {
  /** share that is left of what is to go */
  readonly left: number
  /** share that is left of what must stay */
  readonly kept: number
}

/**
 * The share that is kept where a path first comes down to a level of forgetting: retention at equal forgetting.
 *
 * Between two looks the path is a straight line; it begins at (1, 1), where nothing is forgotten or lost.
 *
 * @param path  in the order of training
 * @param level share that is left of what is to go, below 1
 * @returns null where the path never comes there
 */
export function keptAt(path: readonly PathLook[], level: number): number | null {
  let before: PathLook = { left: 1, kept: 1 }
  for (const look of path) {
    if (look.left <= level) {
      const way = (before.left - level) / (before.left - look.left)
      return before.kept + way * (look.kept - before.kept)
    }
    before = look
  }
  return null
}
