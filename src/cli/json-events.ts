import type { RunEvent } from '../run/events.ts'
import type { Terminal } from './terminal.ts'

/** A listener that prints each event of a run as one line of JSON on stdout: what `--json` does. */
export function jsonEvents(terminal: Terminal): (event: RunEvent) => void {
  return (event) => {
    terminal.out.write(`${JSON.stringify(event)}\n`)
  }
}
