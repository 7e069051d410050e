import type { RunEvent } from '../run/events.ts'

/** Carries the numbers of a run to a tool that draws them. Neither throws nor waits while the run goes on. */
export interface Tracker {
  listen(event: RunEvent): void
  /** After the last event; may take seconds where a server is slow. */
  close(): Promise<void>
}
