/** Where a command writes: results on `out`, progress and errors on `err`. Tests pass their own. */
export interface Terminal {
  out: Output
  err: Output
  /** The folder that relative paths of the command line start from. */
  cwd: string
  env: Readonly<Record<string, string | undefined>>
}

export interface Output {
  write(text: string): unknown
  /** True where a person looks on, so that a line may be redrawn. */
  isTTY?: boolean
  /** Width in characters. */
  columns?: number
}

/** The real terminal of this process. */
export function processTerminal(): Terminal {
  return { out: process.stdout, err: process.stderr, cwd: process.cwd(), env: process.env }
}
