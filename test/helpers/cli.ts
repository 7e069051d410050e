import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { RunEvent } from '../../src/run/events.ts'

/** The built command line. */
export const cli = resolve('dist/src/cli/main.js')

export interface CliRun {
  code: number | null
  signal: NodeJS.Signals | null
  events: RunEvent[]
  err: string
}

/** Runs `lethe <args> --json` in a process of its own; `onEvent` and `onError` may do something to it. */
export async function runCli(
  args: readonly string[],
  watch: {
    onStart?: (child: ChildProcess) => void
    onEvent?: (event: RunEvent, child: ChildProcess) => void
    onError?: (text: string, child: ChildProcess) => void
  } = {},
): Promise<CliRun> {
  const child = spawn(process.execPath, [cli, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const events: RunEvent[] = []
  let err = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as RunEvent
    events.push(event)
    watch.onEvent?.(event, child)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
    watch.onError?.(text, child)
  })
  watch.onStart?.(child)
  return new Promise((done) => {
    child.on('close', (code, signal) => done({ code, signal, events, err }))
  })
}

/** Runs `lethe` in a folder and keeps what it says; at a text on stderr the process is sent a signal, once. */
export function runIn(
  cwd: string,
  args: readonly string[],
  signalAt?: RegExp,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [cli, ...args], { cwd })
  let [out, err] = ['', '']
  let sent = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
    if (sent || !signalAt?.test(err)) return
    sent = true
    child.kill(signal)
  })
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })))
}
