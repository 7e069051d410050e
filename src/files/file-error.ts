import { UserError } from '../error.ts'

/** What the operating system's reasons mean to a person; anything else is thrown on as it is. */
const REASONS: Readonly<Record<string, { expected: string; got: string; hint: string }>> = {
  ENOSPC: {
    expected: 'free disk space',
    got: 'a full disk',
    hint: 'Free some space, then `lethe resume`.',
  },
  EDQUOT: {
    expected: 'free disk space',
    got: 'an exhausted quota',
    hint: 'Free some space, then `lethe resume`.',
  },
  EACCES: {
    expected: 'permission to write',
    got: 'permission denied',
    hint: 'Choose another `output`, or change its owner.',
  },
  EPERM: {
    expected: 'permission to write',
    got: 'operation not permitted',
    hint: 'Choose another `output`.',
  },
  EROFS: {
    expected: 'a writable file system',
    got: 'a read-only one',
    hint: 'Choose another `output`.',
  },
  ENOTDIR: {
    expected: 'a folder',
    got: 'a file on the way there',
    hint: 'Choose another `output`.',
  },
  EEXIST: { expected: 'a folder', got: 'a file of that name', hint: 'Choose another `output`.' },
  ENOENT: { expected: 'an existing file', got: 'none', hint: 'Check the path.' },
  EISDIR: { expected: 'a file', got: 'a folder', hint: 'Check the path.' },
}

/** Runs `action`; what the operating system refuses about `path` becomes a UserError. */
export function withFileErrors<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code ? REASONS[code] : undefined
    if (!reason) throw error
    throw new UserError({ code: `file-${code?.slice(1).toLowerCase()}`, path, ...reason })
  }
}
