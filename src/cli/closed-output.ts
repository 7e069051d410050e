type Listener = () => void

const listeners = new Set<Listener>()
let wasHeard = false

/** Calls a job back when nobody reads what it says any longer; the result ends that. */
export function onClosedOutput(listener: Listener): () => void {
  wasHeard = true
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/**
 * Takes errors of output for what they are: a job is asked to stop, so that its state is kept, and what only prints
 * (`lethe methods | head -1`) has done what was wanted.
 */
export function watchOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  const failed = (stream: NodeJS.WriteStream) => (error: NodeJS.ErrnoException) => {
    for (const listener of listeners) listener()
    if (wasHeard) return
    // EIO: of a terminal that is gone.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
    if (stream === stdout) process.exit(0)
  }
  for (const stream of [stdout, stderr]) stream.on('error', failed(stream))
}
