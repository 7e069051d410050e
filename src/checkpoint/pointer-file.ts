import { UserError } from '../error.ts'

const start = 'version https://git-lfs.github.com/'

/** Whether bytes are a pointer of Git LFS in place of a file: what a clone without LFS leaves. */
export function isPointer(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, start.length)) === start
}

export function pointerFile(name: string): UserError {
  return new UserError({
    code: 'pointer-file',
    path: name,
    expected: 'the file itself',
    got: 'a pointer of Git LFS, which stands in its place',
    hint: 'Fetch the files with `git lfs pull`, or download the model again with `hf download`.',
  })
}
