import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { misunderstood } from '../src/cli/testing/idle-commands.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'reference/README.md', 'assets/demo/README.md'],
  ...['docs', 'docs/results'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.md') && !file.endsWith('.notes.md'))
      .map((file) => `${folder}/${file}`),
  ),
].map((file): [string, string] => [file, readFileSync(join(root, file), 'utf8')])

async function problemOf(line: string): Promise<string> {
  const err = await misunderstood(wordsOf(line))
  return err === '' ? '' : `${line}: ${err}`
}

/** What follows `lethe` in a page: lines of shell blocks, and inline code of more than a command's name. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block)
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
  const inline = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)]
    .map(([, code]) => code.replaceAll(/\s+/g, ' '))
    .filter((code) => /^lethe [a-z-]+( [a-z]+)? \S*[^a-z\s]/.test(code))
  return [...lines, ...inline]
    .map(
      (line) => /^(?:\w+=\S+ )?(?:npx |npm run (?:-s )?)?lethe (?:-- )?(.*)/.exec(line)?.[1] ?? '',
    )
    .filter((line) => line !== '' && !line.includes('…'))
}

/** As a shell parts them; comments and redirections end a line. */
function wordsOf(line: string): string[] {
  return [...line.replace(/\s(?:#|>|\|).*$/, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare,
  )
}

describe.each(pages)('%s', (file, text) => {
  test('its command lines are understood', async () => {
    // The log tells what was called then.
    if (file === 'docs/log.md') return
    const problems = await Promise.all(commandLines(text).map(problemOf))
    expect(problems.filter((problem) => problem !== '')).toEqual([])
  })

  test('its links lead somewhere', () => {
    const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target)
    const local = targets.filter((target) => !/^https?:/.test(target))
    const missing = local.filter((target) => !existsSync(join(root, dirname(file), target)))
    expect(missing).toEqual([])
  })

  test('the files that it names are there', () => {
    if (/^docs\/(log|decisions)/.test(file)) return
    const named = [...text.matchAll(/`((?:src|test|generate|reference|recipes|bench)\/[\w./-]+)`/g)]
    const missing = named.map(([, path]) => path).filter((path) => !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })
})

test('command lines are found, and wrong ones refused', async () => {
  const readme = new Map(pages).get('README.md') ?? ''
  expect(commandLines(readme)).toContain('chat runs/takedown/model')
  expect(commandLines('`lethe run` and `lethe push runs/x --to a/b`')).toEqual([
    'push runs/x --to a/b',
  ])
  expect(await problemOf('run takedown.yaml --sett a=b')).toContain('--sett')
  expect(await problemOf('benchmark prepare')).not.toBe('')
  expect(await problemOf('rum takedown.yaml')).not.toBe('')
})

test('the README is short, and its result is that of the board', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect(readme.split('\n').length).toBeLessThanOrEqual(80)
  const board = readFileSync(join(root, 'docs/results/tofu-forget05-three-seeds.md'), 'utf8')
  const cells = (line: string) => line.split(' | ').map((cell) => cell.replaceAll('|', '').trim())
  const table = readme.slice(readme.indexOf('| method | forget')).split('\n\n')[0].split('\n')
  for (const [name, ...values] of table.slice(2).map(cells)) {
    const row = board.split('\n').find((line) => cells(line)[0] === name) ?? ''
    expect([name, cells(row)]).toEqual([name, expect.arrayContaining(values)])
  }
})
