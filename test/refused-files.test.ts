import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UserError } from '../src/error.ts'
import { systemRefusal } from '../src/files/file-error.ts'
import { cli } from './helpers/cli.ts'
import { build, needing } from './helpers/needs.ts'

// What the system refuses is never called a defect of ours, whatever the command.
const folder = mkdtempSync(join(tmpdir(), 'lethe-refused-'))
const at = (name: string) => join(folder, name)
afterAll(() => {
  chmodSync(at('locked'), 0o755)
  rmSync(folder, { recursive: true })
})
beforeAll(() => {
  cpSync('test/golden/llama-text', at('model'), { recursive: true })
  writeFileSync(at('f.jsonl'), '{"question": "who", "answer": "Ada"}\n')
  writeFileSync(at('recipe.yaml'), `model: ${at('model')}\nforget: { path: f.jsonl }\n`)
  symlinkSync(at('loop'), at('loop'))
  mkdirSync(at('locked'))
  writeFileSync(at('locked/events.jsonl'), '')
  chmodSync(folder, 0o777)
  chmodSync(at('locked'), 0)
})

const places = {
  'a folder that may not be read': 'locked',
  'a path through a file': 'f.jsonl/x',
  'links in a circle': 'loop',
  'a name that is too long': 'x'.repeat(300),
}
const commands: readonly ((place: string) => string[])[] = [
  (place) => ['compare', place],
  (place) => ['compare', place, '--never-trained', place],
  (place) => ['validate', place],
  (place) => ['validate', at('recipe.yaml'), '--set', `forget.path=${place}`],
  (place) => ['plan', at('recipe.yaml'), '--set', `model=${place}`],
  (place) => ['run', at('recipe.yaml'), '--set', `output=${place}`],
  (place) => ['resume', place],
  (place) => ['export', place],
  (place) => ['chat', place],
  (place) => ['eval', place, '--forget', at('f.jsonl')],
  (place) => ['eval', at('model'), '--forget', place],
  (place) => ['inspect-data', at('f.jsonl'), '--model', place],
  (place) => ['init', join(place, 'new.yaml'), '--model', at('model'), '--forget', at('f.jsonl')],
  (place) => ['import', place, '--output', at('out')],
  (place) => ['sweep', at('recipe.yaml'), '--seeds', '0,1', '--output', place],
  (place) => ['studio', 'bundle', place, '--output', at('site')],
  (place) => ['push', place, '--to', 'me/it'],
]

describe.each(Object.entries(places))('%s', needing(build), (_, name) => {
  test.each(commands.map((command) => [command(at(name))]))('lethe %j', (argv) => {
    // Who may do everything is refused nothing.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const env = { ...process.env, HOME: folder }
    const { status, stderr } = spawnSync(process.execPath, [cli, ...argv], {
      cwd: folder,
      encoding: 'utf8',
      env,
      ...user,
    })
    expect(stderr).not.toMatch(/defect|^ {4}at /m)
    expect(stderr).toMatch(/expected .+, got /)
    expect(status).toBe(2)
  })
})

test.each(['EACCES', 'EMFILE', 'ENFILE', 'EIO', 'EISDIR', 'ELOOP'])('%s is worded', (code) => {
  const error = Object.assign(new Error(code), { code, syscall: 'scandir', path: '/a' })
  const refused = systemRefusal(error)
  expect(refused).toBeInstanceOf(UserError)
  expect((refused as UserError).message).toMatch(/^\/a: expected [^.]+, got [^.]+/)
  const own = Object.assign(new Error('no call of the system'), { code })
  expect(systemRefusal(own)).toBe(own)
})
