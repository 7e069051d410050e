import { zipSync } from 'fflate'

/** A zip of files by path, in one folder. Stored, since weights do not shrink. */
export function zipped(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const entries = [...files].map(([path, bytes]) => [`forgetful/${path}`, bytes])
  return zipSync(Object.fromEntries(entries), { level: 0 }) as Uint8Array<ArrayBuffer>
}
