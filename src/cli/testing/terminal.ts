import { runCli } from '../run-cli.ts'
import type { Terminal } from '../terminal.ts'

/** What a command line wrote and returned. */
export interface CliResult {
  code: number
  out: string
  err: string
}

/** Runs a command line in this process with captured output. */
export async function runCaptured(
  argv: readonly string[],
  { isTTY = false, ...options }: Partial<Pick<Terminal, 'cwd' | 'env'>> & { isTTY?: boolean } = {},
): Promise<CliResult> {
  let out = ''
  let err = ''
  const code = await runCli(argv, {
    out: { write: (text) => (out += text), isTTY },
    err: { write: (text) => (err += text) },
    cwd: process.cwd(),
    env: {},
    ...options,
  })
  return { code, out, err }
}
