import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { benchShapes } from './shapes.ts'
import { measureShape } from './step.ts'

/** What the peer prints for a run (see bench/peers/README.md). */
interface PeerResult {
  milliseconds: number
  peakBytes: number
  importBytes: number
  torch: string
}

const modes = ['eager', 'compile'] as const
const rounds = 3

/**
 * Ours and PyTorch's, taking turns: `PEER_PYTHON=…/bin/python npm run bench -- peers`, optionally with
 * `PEER_SHAPES=9M,15M`.
 */
export async function run(json: boolean): Promise<void> {
  const wanted =
    process.env.PEER_SHAPES?.split(',') ?? benchShapes.map(({ name }) => name as string)
  const results: Record<string, unknown>[] = []
  for (const { name, repeats } of benchShapes.filter((shape) => wanted.includes(shape.name))) {
    const peers = modes.map((mode) => ({ mode, peer: new Peer() }))
    const times = new Map<string, number[]>([
      ['lethe', []],
      ...modes.map((mode): [string, number[]] => [mode, []]),
    ])
    const bytes = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      const own = measureShape(name, 'gradient')
      times.get('lethe')?.push(own.milliseconds)
      bytes.set('lethe', own.peakBytes)
      for (const { mode, peer } of peers) {
        const { milliseconds, peakBytes, importBytes } = await peer.run(name, mode, repeats)
        times.get(mode)?.push(milliseconds)
        bytes.set(mode, peakBytes - importBytes)
      }
      process.stderr.write(`${name} round ${round + 1} of ${rounds} done\n`)
    }
    for (const { peer } of peers) peer.close()
    const best = (of: string) => Math.min(...(times.get(of) as number[]))
    results.push({
      shape: name,
      milliseconds: Object.fromEntries([...times.keys()].map((of) => [of, best(of)])),
      ratioToEager: best('eager') / best('lethe'),
      ratioToCompiled: best('compile') / best('lethe'),
      peakBytes: Object.fromEntries(bytes),
    })
    if (!json) process.stdout.write(`${JSON.stringify(results.at(-1))}\n`)
  }
  if (json) process.stdout.write(`${JSON.stringify({ results })}\n`)
}

/** A PyTorch process that runs steps when told to. */
class Peer {
  readonly #child: ChildProcess
  readonly #waiting: ((line: string) => void)[] = []

  constructor() {
    this.#child = spawn(process.env.PEER_PYTHON ?? 'python3', ['bench/peers/torch_step.py'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#waiting.shift()?.(line)
    })
  }

  async run(shape: string, mode: string, count: number): Promise<PeerResult> {
    const line = await new Promise<string>((resolve, reject) => {
      this.#child.once('exit', () => reject(new Error('the peer ended; is torch installed there?')))
      this.#waiting.push(resolve)
      this.#child.stdin?.write(`run ${shape} ${mode} ${count}\n`)
    })
    const result = JSON.parse(line) as PeerResult & { error?: string }
    if (result.error) throw new Error(result.error)
    return result
  }

  close(): void {
    this.#child.stdin?.end()
  }
}
