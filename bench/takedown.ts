import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const rounds = 3
const steps = 10

/** The whole of a process: `/usr/bin/time` says it of a child. */
interface Taken {
  readonly seconds: number
  readonly processorSeconds: number
  readonly peakBytes: number
}

/**
 * A takedown by `lethe run` and the same written plainly with transformers and PEFT, taking turns:
 * `PEER_PYTHON=…/bin/python TAKEDOWN_MODEL=… TAKEDOWN_FORGET=… TAKEDOWN_RETAIN=… npm run bench -- takedown`.
 */
export async function run(json: boolean): Promise<void> {
  const [model, forget, retain] = ['MODEL', 'FORGET', 'RETAIN'].map((name) => {
    const path = process.env[`TAKEDOWN_${name}`]
    if (!path) throw new Error(`TAKEDOWN_${name}: expected a path, got nothing`)
    return resolve(path)
  })
  const folder = await mkdtemp(join(tmpdir(), 'lethe-bench-'))
  try {
    const recipe = join(folder, 'recipe.json')
    await writeFile(
      recipe,
      JSON.stringify({
        ...{ model, forget: { path: forget }, retain: { path: retain }, method: { id: 'npo' } },
        train: { steps, batchSize: 8, learningRate: 1e-5, parameters: { lora: { rank: 16 } } },
        output: join(folder, 'run'),
      }),
    )
    const python = process.env.PEER_PYTHON ?? 'python3'
    const peer = ['bench/peers/torch_takedown.py', model, forget, retain, join(folder, 'peer')]
    const commands: Record<string, readonly string[]> = {
      lethe: [process.execPath, 'dist/src/cli/main.js', 'run', recipe, '--replace'],
      transformers: [python, ...peer, String(steps)],
    }
    for (let round = 0; round < rounds; round++)
      for (const [name, command] of Object.entries(commands)) {
        const taken = await timed(command)
        const line = { round, name, ...taken }
        process.stdout.write(
          json ? `${JSON.stringify(line)}\n` : `${Object.values(line).join(' ')}\n`,
        )
      }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function timed(command: readonly string[]): Promise<Taken> {
  return new Promise((done, fail) => {
    const child = spawn('/usr/bin/time', ['-f', 'took %e %U %S %M', ...command], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
    })
    child.on('error', fail)
    child.on('exit', () => {
      const [, seconds, user, system, kilobytes] = said.match(/took (\S+) (\S+) (\S+) (\S+)/) ?? []
      if (!kilobytes) return fail(new Error(said))
      done({
        seconds: Number(seconds),
        processorSeconds: Number(user) + Number(system),
        peakBytes: Number(kilobytes) * 1024,
      })
    })
  })
}
