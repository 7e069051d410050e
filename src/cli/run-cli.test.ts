import { describe, expect, test } from 'vitest'
import { UserError } from '../error.ts'
import type { CommandEntry, CommandModule } from './commands/command.ts'
import { commands } from './commands/commands.ts'
import { exitCode } from './exit-code.ts'
import { runCli } from './run-cli.ts'
import { runCaptured } from './testing/terminal.ts'

describe('the command line', () => {
  test('prints its help, also when called with nothing', async () => {
    const { code, out, err } = await runCaptured(['--help'])
    expect([code, err]).toEqual([0, ''])
    for (const { name, summary } of commands) {
      expect(out).toContain(`  ${name} `)
      expect(out).toContain(summary)
    }
    expect(await runCaptured([])).toEqual({ code, out, err })
  })

  test('prints its version', async () => {
    expect(await runCaptured(['--version'])).toMatchObject({ code: 0, err: '' })
    expect((await runCaptured(['-V'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test.each(commands.map(({ name }) => name))('%s has help with examples', async (name) => {
    const { code, out, err } = await runCaptured([name, '--help'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^Usage: lethe ${name} `))
    expect(out).toContain(`\nExamples:\n  $ lethe ${name}`)
    expect(out).toContain('--json')
    expect(await runCaptured(['help', name])).toEqual({ code, out, err })
  })

  const refused: [string[], string][] = [
    [
      ['validat', 'x.yaml'],
      `lethe: expected a command of "lethe --help", got unknown command 'validat'. Did you mean validate?\n`,
    ],
    [
      ['validate', 'x.yaml', '--no-file'],
      `lethe: expected an option of this command, got unknown option '--no-file'. Did you mean --no-files?\n`,
    ],
    [
      ['--verson'],
      `lethe: expected an option of this command, got unknown option '--verson'. Did you mean --version?\n`,
    ],
    [
      ['validate'],
      `lethe: expected every required argument, got missing required argument 'recipe'. lethe --help lists the commands, lethe <command> --help the options of one\n`,
    ],
    [
      ['validate', 'a', 'b'],
      `lethe: expected no further argument, got too many arguments for 'validate'. Expected 1 argument but got 2. lethe --help lists the commands, lethe <command> --help the options of one\n`,
    ],
    [
      ['init', '--method'],
      `lethe: expected a value after the option, got option '--method <id>' argument missing. lethe --help lists the commands, lethe <command> --help the options of one\n`,
    ],
    [
      ['inspect-data', 'x', '--examples', '0'],
      `lethe: expected a valid command line, got option '--examples <count>' argument '0' is invalid. Expected a whole number ≥ 1. lethe --help lists the commands, lethe <command> --help the options of one\n`,
    ],
  ]
  test.each(refused)('refuses %j', async (argv, err) => {
    expect(await runCaptured(argv)).toEqual({ code: exitCode.refused, out: '', err })
  })

  test('says what it refuses as JSON, too', async () => {
    const { code, out, err } = await runCaptured(['methds', '--json'])
    expect([code, err]).toEqual([2, ''])
    expect(JSON.parse(out)).toEqual({
      ok: false,
      exitCode: 2,
      problems: [
        {
          code: 'unknown-command',
          path: 'lethe',
          expected: 'a command of "lethe --help"',
          got: "unknown command 'methds'",
          hint: 'Did you mean methods?',
          text: `lethe: expected a command of "lethe --help", got unknown command 'methds'. Did you mean methods?`,
        },
      ],
    })
  })
})

describe('a command', () => {
  const table = (define: CommandModule['define']): CommandEntry[] => [
    { name: 'try', summary: 'Try.', load: async () => ({ command: { define } }) },
    { name: 'other', summary: 'Other.', load: () => Promise.reject(new Error('was loaded')) },
  ]
  const run = async (define: CommandModule['define'], argv = ['try']) => {
    let [out, err] = ['', '']
    const terminal = {
      out: { write: (text: string) => (out += text) },
      err: { write: (text: string) => (err += text) },
      cwd: '/',
      env: {},
    }
    return { code: await runCli(argv, terminal, table(define)), out, err }
  }

  test('is the only one that is loaded', async () => {
    const result = await run((command, { out }) => {
      command.action(() => void out.write('done\n'))
    })
    expect(result).toEqual({ code: 0, out: 'done\n', err: '' })
  })

  test('may choose its exit code', async () => {
    const result = await run((command, _, exit) => {
      command.action(async () => exit(exitCode.guard))
    })
    expect(result).toEqual({ code: 4, out: '', err: '' })
  })

  test('prints every problem of the input on a line, without a stack, and exits with 2', async () => {
    const problem = { code: 'x', path: 'a', expected: 'one', got: 'two' }
    const position = { file: 'f.yaml', line: 3, column: 7 }
    const result = await run((command) => {
      command.action(() => {
        throw new UserError([problem, { ...problem, position, hint: 'Write one' }])
      })
    })
    expect(result).toEqual({
      code: 2,
      out: '',
      err: 'a: expected one, got two\nf.yaml:3:7: a: expected one, got two. Write one\n',
    })
  })

  test('with a defect of ours prints the stack and exits with 1', async () => {
    const fail: CommandModule['define'] = (command) => {
      command.action(() => {
        throw new TypeError('x is not a function')
      })
    }
    const { code, out, err } = await run(fail)
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^internal: TypeError: x is not a function\n {4}at .*run-cli\.test\.ts/)
    const asJson = await run(fail, ['try', '--json'])
    expect([asJson.code, asJson.err]).toEqual([1, ''])
    expect(JSON.parse(asJson.out)).toMatchObject({
      ok: false,
      exitCode: 1,
      internal: { message: 'x is not a function' },
    })
  })
})

test('a number out of range is refused before a model is looked for', async () => {
  const { code, err } = await runCaptured(['chat', 'nowhere', '--temperature', 'warm'])
  expect(code).toBe(2)
  expect(err).toMatch(/--temperature.*warm/)
  expect((await runCaptured(['chat', 'nowhere', '--top-p', '1.5'])).err).toMatch(/from 0 to 1/)
})
