import { formatProblem, type Problem } from '../error.ts'
import { exitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** Prints what is wrong with the input: a line each on stderr, or one JSON object on stdout. */
export function printProblems(
  problems: readonly Problem[],
  terminal: Terminal,
  json: boolean,
  code: number,
): void {
  if (json) {
    const described = problems.map((problem) => ({ ...problem, text: formatProblem(problem) }))
    printJson({ ok: false, exitCode: code, problems: described }, terminal)
  } else for (const problem of problems) terminal.err.write(`${formatProblem(problem)}\n`)
}

/** Prints why something could not be done that is nobody's mistake. */
export function printFailure({ message }: Error, terminal: Terminal, json: boolean): void {
  if (json) printJson({ ok: false, exitCode: exitCode.failed, message }, terminal)
  else terminal.err.write(`${message}\n`)
}

/** Prints a defect of ours, with its stack. */
export function printInternalError(error: unknown, terminal: Terminal, json: boolean): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (json)
    printJson({ ok: false, exitCode: exitCode.failed, internal: { message, stack } }, terminal)
  else
    terminal.err.write(
      `internal: ${stack ?? message}\nThis is a defect of lethe, not of your input. Please report it with the lines above and the output of "lethe doctor".\n`,
    )
}

/** One JSON value as one line on stdout. */
export function printJson(value: unknown, terminal: Terminal): void {
  terminal.out.write(`${JSON.stringify(value)}\n`)
}
