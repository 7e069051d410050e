let last: Promise<void> = Promise.resolve()

/** Waits until whoever else asked has had a turn; of all that wait here, one goes on a turn. */
export function nextTurn(): Promise<void> {
  last = last.then(() => new Promise((done) => setImmediate(done)))
  return last
}
