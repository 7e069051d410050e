import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'

/** Tells whether a path lies below a folder, as it is written and where its links lead, be there something yet or not. */
export function isInside(root: string, path: string): boolean {
  return (
    resolve(path).startsWith(resolve(root) + sep) &&
    realPath(resolve(path)).startsWith(realPath(resolve(root)) + sep)
  )
}

/** The path without links; what is not there yet keeps its name, and a link to nothing is followed too. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    // Links in a circle lead nowhere.
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return sep
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
      return realPath(resolve(dirname(path), readlinkSync(path)))
    return join(realPath(dirname(path)), basename(path))
  }
}
