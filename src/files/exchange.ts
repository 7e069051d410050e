/** AT_FDCWD and RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS: both flags are 2. */
const atWorkingFolder = -100
const swap = 2

/**
 * Swaps two paths in one step, so that at no moment one of them is missing; Node has no call for it.
 *
 * @returns false where the system or the file system cannot
 */
export async function exchange(a: string, b: string): Promise<boolean> {
  try {
    const { koffi } = await import('./native-calls.ts')
    if (process.platform === 'linux') {
      const rename = koffi.load('libc.so.6').func('int renameat2(int, str, int, str, uint)')
      return rename(atWorkingFolder, a, atWorkingFolder, b, swap) === 0
    }
    if (process.platform === 'darwin') {
      const rename = koffi.load('libSystem.dylib').func('int renamex_np(str, str, uint)')
      return rename(a, b, swap) === 0
    }
  } catch {
    // No koffi for this machine, or a C library without the call.
  }
  return false
}
