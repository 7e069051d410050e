import { isAbsolute, relative } from 'node:path'

/** A path as a person at `cwd` would write it: relative where it lies below. */
export function shownPath(path: string, cwd: string): string {
  const way = relative(cwd, path)
  return way === '' || way.startsWith('..') || isAbsolute(way) ? path : way
}
