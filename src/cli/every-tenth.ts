/** Whether with each step another tenth of all is done: often enough for a line. Of one kind of work after another. */
export function everyTenth(): (step: { readonly done: number; readonly of: number }) => boolean {
  let last = 0
  return ({ done, of }) => {
    const before = done > last ? last : 0
    last = done < of ? done : 0
    return Math.floor((10 * done) / of) > Math.floor((10 * before) / of)
  }
}
