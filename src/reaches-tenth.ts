/** Whether with `done` another tenth of all is done that was not with `before`: often enough for a line of progress. */
export function reachesTenth(before: number, done: number, of: number): boolean {
  return Math.floor((10 * done) / of) > Math.floor((10 * before) / of)
}
