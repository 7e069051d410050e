import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../error.ts'
import { withFileErrors } from './file-error.ts'
import { isRunning } from './is-running.ts'

/** The file that a folder is held by; it goes when the folder is let go. */
export const lockName = '.lethe.lock'

/** LOCK_EX | LOCK_NB of Linux and macOS; it ends with the process, however that ends. */
const exclusiveNow = 6
const held = new Map<string, Hold & { count: number }>()

/**
 * Holds a folder while work lasts, so that no other process writes into it at the same time; within this process it may
 * be held again. The folder is made if need be, and taken away again where nothing was written into it.
 *
 * @throws UserError where another process holds it, with that process's number
 *
 * The lock is the operating system's and never stale. Where it has none (Windows), the number in the file is looked up
 * among the processes that run, and another process of that number would deceive.
 */
export async function holdFolder<T>(path: string, work: () => Promise<T>): Promise<T> {
  const full = resolve(path)
  const lock = await systemLock()
  const hold = held.get(full) ?? { count: 0, ...take(full, lock) }
  held.set(full, hold)
  hold.count++
  try {
    return await work()
  } finally {
    hold.count--
    if (hold.count === 0) {
      held.delete(full)
      // Gone before it is let go: who waits for the same file finds that it is no longer in the folder.
      rmSync(join(full, lockName), { force: true })
      removeEmpty(full, hold.made)
      closeSync(hold.descriptor)
    }
  }
}

interface Hold {
  readonly descriptor: number
  /** the uppermost folder that was made for it */
  readonly made: string | undefined
}

function take(folder: string, lock: Lock | null): Hold {
  const file = join(folder, lockName)
  for (;;) {
    const { made, descriptor } = withFileErrors(folder, () => ({
      made: mkdirSync(folder, { recursive: true }),
      descriptor: openSync(file, 'a+'),
    }))
    const owner = readFileSync(file, 'utf8').trim()
    const taken = lock ? lock(descriptor) : !isOther(Number(owner))
    if (!taken) {
      closeSync(descriptor)
      throw new UserError({
        code: 'folder-in-use',
        path: folder,
        expected: 'a folder that no other process writes into',
        got: owner ? `one that process ${owner} works in` : 'one that another process works in',
        hint: 'Wait until it has ended, or choose another output.',
      })
    }
    if (sameFile(descriptor, file)) {
      ftruncateSync(descriptor)
      writeSync(descriptor, `${process.pid}\n`)
      return { descriptor, made }
    }
    closeSync(descriptor)
  }
}

/** Removes a folder, and those above it up to `first`, as long as they are empty. */
function removeEmpty(folder: string, first: string | undefined): void {
  for (let path = folder; first && path.length >= first.length; path = dirname(path))
    try {
      rmdirSync(path)
    } catch {
      return
    }
}

/** Whether the open file is still the one of that name. */
function sameFile(descriptor: number, path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino
}

/** Tries to lock an open file; false where another process has. */
type Lock = (descriptor: number) => boolean

async function systemLock(): Promise<Lock | null> {
  const library = { linux: 'libc.so.6', darwin: 'libSystem.dylib' }[process.platform as string]
  if (library === undefined) return null
  try {
    const { koffi } = await import('./native-calls.ts')
    const flock = koffi.load(library).func('int flock(int, int)')
    return (descriptor) => flock(descriptor, exclusiveNow) === 0
  } catch {
    return null
  }
}

function isOther(pid: number): boolean {
  return pid > 0 && pid !== process.pid && isRunning(pid)
}
