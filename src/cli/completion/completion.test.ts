import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { benchmarks } from '../../benchmark/benchmarks.ts'
import { methods } from '../../method/methods.ts'
import { commands } from '../commands/commands.ts'
import { runCaptured } from '../testing/terminal.ts'
import type { DeclaredCommand } from './declared.ts'
import { shells } from './shells.ts'

const folder = mkdtempSync(join(tmpdir(), 'lethe-completion-'))
afterAll(() => rmSync(folder, { recursive: true }))
const fileOf = (shell: string) => join(folder, `lethe.${shell}`)
beforeAll(async () => {
  for (const shell of shells.keys()) {
    const { code, out } = await runCaptured(['completion', shell])
    expect(code).toBe(0)
    writeFileSync(fileOf(shell), out)
  }
})

/** What bash offers for the last of some words; they stand as bash parts them. */
function offered(...words: string[]): string[] {
  const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lethe; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', fileOf('bash'), ...words], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

describe('bash', () => {
  test('completes commands, and those below them', () => {
    expect(offered('lethe', '')).toEqual([...commands.map(({ name }) => name), 'help'])
    expect(offered('lethe', 'comp')).toEqual(['compare', 'completion'])
    expect(offered('lethe', 'help', 'va')).toEqual(['validate'])
    expect(offered('lethe', 'benchmark', '')).toEqual(['list', 'prepare', 'run'])
    expect(offered('lethe', '--v')).toEqual(['--version'])
  })

  test('completes the options of the command that is there', () => {
    expect(offered('lethe', 'chat', 'model', '--s')).toEqual(['--system', '--seed'])
    expect(offered('lethe', 'run', '--se')).toEqual(['--set'])
    expect(offered('lethe', 'benchmark', 'run', '--b')).toEqual(['--beside'])
    expect(offered('lethe', 'benchmark', 'list', '--')).toEqual(['--json', '--help'])
  })

  test('completes names that the declaration knows, also behind a comma or an equals sign', () => {
    expect(offered('lethe', 'init', '--method', '')).toEqual([...methods.keys()])
    expect(offered('lethe', 'init', '--method', '=', 'simn')).toEqual(['simnpo'])
    expect(offered('lethe', 'tune', 'a.yaml', '--methods', 'blur,simn')).toEqual(['blur,simnpo'])
    expect(offered('lethe', 'benchmark', 'run', 'tofu/')).toEqual(
      [...benchmarks.keys()].filter((id) => id.startsWith('tofu/')),
    )
    expect(offered('lethe', 'completion', '')).toEqual([...shells.keys()])
    expect(offered('lethe', 'export', 'run', '--gguf', 'q')).toEqual(['q8_0'])
  })

  test('leaves files to readline', () => {
    expect(offered('lethe', 'run', '')).toEqual([])
    expect(offered('lethe', 'init', '--model', '')).toEqual([])
    expect(offered('lethe', 'nothing', '')).toEqual([])
  })
})

test.each([...shells.keys()])('%s reads the script, where it is installed', (shell) => {
  const { error, status, stderr } = spawnSync(shell, ['-n', fileOf(shell)], { encoding: 'utf8' })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return
  expect([status, stderr]).toEqual([0, ''])
})

const declared: DeclaredCommand[] = [
  {
    path: [],
    subcommands: [{ name: 'try', summary: "Try: it's said." }],
    options: [{ flags: ['-h', '--help'], summary: 'Help.', values: null }],
    values: null,
  },
  {
    path: ['try'],
    subcommands: [],
    options: [
      { flags: ['--method'], summary: 'How.', values: ['a', 'b'] },
      { flags: ['--file'], summary: 'Where.', values: [] },
    ],
    values: [],
  },
]

test.each([...shells])('%s: a script of two commands', (_, scriptOf) => {
  expect(scriptOf(declared)).toMatchSnapshot()
})

test('an unknown shell is refused', async () => {
  expect(await runCaptured(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    err: 'lethe completion: expected bash, zsh, fish, got "tcsh"\n',
  })
})
