/** A mutual exclusion: one piece of work runs at a time, in the order asked for; two busy runs slow each other down. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const own = this.#last.then(work, work)
    this.#last = own.catch(() => {})
    return own
  }
}
