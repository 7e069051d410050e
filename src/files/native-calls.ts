import koffi from 'koffi'

/**
 * Stack of a call on another thread: runtimes compute, and compile, on the thread that calls them, and koffi's own default is
 * 128 KiB. It is only taken as it is used.
 */
const stackBytes = 16 * 2 ** 20

// Once a process has loaded any library, koffi refuses: so whoever needs koffi imports it from here.
try {
  koffi.config({ async_stack_size: stackBytes })
} catch {
  // A program around us was first; `requireStack` says so to those who cannot do with less.
}

/** @throws Error where calls on other threads have less stack than this */
export function requireStack(bytes: number): void {
  const given = koffi.config().async_stack_size ?? 0
  if (given < bytes)
    throw new Error(
      `expected koffi's async_stack_size ≥ ${bytes}, got ${given}: this program loaded a library by koffi before Lethe did`,
    )
}

export { koffi }
