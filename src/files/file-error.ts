import { type Problem, UserError } from '../error.ts'

type Reason = Omit<Problem, 'code' | 'path'>

const space = 'Free some space, then `lethe resume`.'

/** What the operating system's reasons mean to a person, whatever was tried. */
const reasons: Readonly<Record<string, Reason>> = {
  ENOSPC: { expected: 'free disk space', got: 'a full disk', hint: space },
  EDQUOT: { expected: 'free disk space', got: 'an exhausted quota', hint: space },
  ENOENT: { expected: 'an existing file', got: 'none', hint: 'Check the path.' },
  EISDIR: { expected: 'a file', got: 'a folder', hint: 'Check the path.' },
  ENOTDIR: { expected: 'a folder', got: 'a file on the way there', hint: 'Check the path.' },
  ELOOP: { expected: 'a file or folder', got: 'links in a circle', hint: 'Check the path.' },
  ENAMETOOLONG: { expected: 'a path that the system takes', got: 'one that is too long' },
  EMFILE: {
    expected: 'files to be opened',
    got: 'as many open as a process may have',
    hint: 'ulimit -n raises that number.',
  },
  ENFILE: { expected: 'files to be opened', got: 'as many open as the system allows' },
  EIO: { expected: 'a disk that works', got: 'an error of the disk' },
}

/** The same where something was to be read. */
const reading: Readonly<Record<string, Reason>> = {
  ...reasons,
  EACCES: {
    expected: 'permission to read',
    got: 'permission denied',
    hint: 'Change its owner or its permissions.',
  },
  EPERM: { expected: 'permission to read', got: 'operation not permitted' },
}

const elsewhere = 'Choose another `output`.'

/** The same where something was to be written. */
const writing: Readonly<Record<string, Reason>> = {
  ...reasons,
  EACCES: {
    expected: 'permission to write',
    got: 'permission denied',
    hint: 'Choose another `output`, or change its owner.',
  },
  EPERM: { expected: 'permission to write', got: 'operation not permitted', hint: elsewhere },
  EROFS: { expected: 'a writable file system', got: 'a read-only one', hint: elsewhere },
  ENOTDIR: { ...reasons.ENOTDIR, hint: elsewhere },
  EEXIST: { expected: 'a folder', got: 'a file of that name', hint: elsewhere },
}

/** Calls of the system that change something; `open` may be for either. */
const changing = /^(write|mkdir|rename|unlink|rm|rmdir|truncate|ftruncate|fsync|copyfile|symlink)/

/** Runs `action`, which writes; what the operating system refuses about `path` becomes a UserError. */
export function withFileErrors<T>(path: string, action: () => T): T {
  return withWords(writing, path, action)
}

/** Runs `action`, which reads; what the operating system refuses about `path` becomes a UserError. */
export function withReadErrors<T>(path: string, action: () => T): T {
  return withWords(reading, path, action)
}

/** An error as a UserError where the operating system refused something; any other as it is. */
export function systemRefusal(error: unknown): unknown {
  const { code, syscall, path } = (error ?? {}) as NodeJS.ErrnoException
  if (error instanceof UserError || code === undefined || syscall === undefined) return error
  const reason = (changing.test(syscall) ? writing : reading)[code]
  return reason ? refusal(code, path ?? syscall, reason) : error
}

/** Whether a disk that is full is all that was wrong, which is nobody's input. */
export function isFullDisk({ problems }: UserError): boolean {
  return problems.every(({ code }) => code === codeOf('ENOSPC') || code === codeOf('EDQUOT'))
}

const codeOf = (system: string) => `file-${system.slice(1).toLowerCase()}`

function withWords<T>(words: Readonly<Record<string, Reason>>, path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === undefined ? undefined : words[code]
    throw code !== undefined && reason ? refusal(code, path, reason) : error
  }
}

function refusal(code: string, path: string, reason: Reason): UserError {
  return new UserError({ code: codeOf(code), path, ...reason })
}
