import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, needing } from '../../test/helpers/needs.ts'
import { methods } from '../method/methods.ts'

const main = new URL('../../dist/src/cli/main.js', import.meta.url).pathname
const ids = [...methods.keys()]
const cwd = mkdtempSync(join(tmpdir(), 'lethe-main-'))
beforeAll(() => writeFileSync(join(cwd, 'r.yaml'), 'model: m\nmethod: nop\n'))
afterAll(() => rmSync(cwd, { recursive: true }))

function lethe(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...argv], {
    cwd,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('the built binary', needing(build), () => {
  test('keeps results, errors and exit codes apart', () => {
    expect(lethe('methods', '--json')).toMatchObject({ status: 0, stderr: '' })
    const refused = lethe('validate', 'r.yaml', '--no-files')
    expect([refused.status, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr.split('\n')).toEqual([
      expect.stringMatching(/^r\.yaml:1:1: forget: expected /),
      `r.yaml:2:9: method.id: expected ${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}, got "nop". Did you mean "npo"?`,
      '',
    ])
  })

  test('lethe validate answers at once: it loads neither the runtime nor a tokenizer', () => {
    const coverage = join(cwd, 'coverage')
    const env = { ...process.env, NODE_V8_COVERAGE: coverage }
    spawnSync(process.execPath, [main, 'validate', 'r.yaml'], { cwd, env })
    const scripts = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'))
    expect(scripts.join()).toContain('/recipe/read.js')
    for (const heavy of ['koffi', 'onnxruntime', '@huggingface'])
      expect(scripts.join()).not.toContain(`/node_modules/${heavy}`)
  })

  test('a closed pipe is not an error', () => {
    const pipe = `"${process.execPath}" "${main}" methods --json | true; echo \${PIPESTATUS[0]}`
    const { stdout, stderr } = spawnSync('bash', ['-c', pipe], { encoding: 'utf8' })
    expect([stdout, stderr]).toEqual(['0\n', ''])
  })
})
