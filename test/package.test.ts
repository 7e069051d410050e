import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'lethe-package-'))
const app = join(work, 'app')
const call = (command: string, args: string[], cwd: string) =>
  promisify(execFile)(command, args, { cwd, maxBuffer: 2 ** 26 })

afterAll(() => rmSync(work, { recursive: true, force: true }))

/** A strict program that uses what the README shows. */
const program = `import { builtIn, createRegistry, defineLoss, run, type FinishedRun } from 'lethe'
import { mul, sum } from 'lethe/graph'
import { ksTwoSample } from 'lethe/metric'
import { lossConformance } from 'lethe/testing'
import { z } from 'zod'

const mine = defineLoss({
  id: 'mine', title: 'A loss of mine', source: 'this program', formula: 'L = Σ w·log p', goal: 'forget',
  reduction: 'token-mean', needs: {},
  schema: z.strictObject({ weight: z.number().default(1).describe('how much') }),
  build: (context, { weight }) => { const w: number = weight; void w; return sum(mul(context.tokenWeight(), context.logProb())) },
})
const registry = createRegistry({ losses: [...builtIn.losses, mine] })
export const begin: () => Promise<FinishedRun> = () => run('takedown.yaml', { registry })
for (const { check } of lossConformance(mine)) await check()
console.log(registry.losses.has('mine'), ksTwoSample([1], [2]).statistic)
`

describe('the packed package', () => {
  test('installs into an empty folder, computes, and is imported by a strict program', async (context) => {
    const reachable = await call('npm', ['ping'], root).then(
      () => true,
      () => false,
    )
    if (!reachable) context.skip('no package registry can be reached')
    mkdirSync(app)
    await call('npm', ['pack', '--pack-destination', work], root)
    const [file] = readdirSync(work).filter((name) => name.endsWith('.tgz'))
    writeFileSync(join(app, 'package.json'), '{ "type": "module", "private": true }')
    // Scripts are run, as they are for a user.
    const install = [
      'install',
      '--ignore-scripts=false',
      '--prefer-offline',
      '--no-audit',
      join('..', file),
    ]
    await call('npm', install, app)
    const installed = join(app, 'node_modules/lethe')
    expect(existsSync(join(installed, 'vendor/onnxruntime-node/package.json'))).toBe(true)
    expect(existsSync(join(app, 'node_modules/onnxruntime-node'))).toBe(false)
    const shipped = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(shipped.filter((name) => /\.test\.(js|d\.ts)$/.test(name))).toEqual([])

    const lethe = join(app, 'node_modules/.bin/lethe')
    expect((await call(lethe, ['demo'], app)).stdout).toMatch(/to be forgotten/)
    expect(existsSync(join(app, 'runs/demo/model/model.safetensors'))).toBe(true)

    writeFileSync(join(app, 'program.ts'), program)
    writeFileSync(
      join(app, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2023',
          module: 'nodenext',
          strict: true,
          outDir: 'out',
          types: [],
          skipLibCheck: true,
        },
        files: ['program.ts'],
      }),
    )
    await call(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], app)
    expect((await call(process.execPath, ['out/program.js'], app)).stdout).toBe('true 1\n')
  }, 600_000)
})
