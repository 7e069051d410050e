import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The rooms of src/, lowest first. A file may import from its own level and from lower ones; `.` stands for the files
 * directly in src/ (errors, random numbers). The public index may import everything.
 */
const levels: readonly (readonly string[])[] = [
  ['.'],
  ['graph'],
  ['engine'],
  ['loss', 'combine', 'optim', 'model', 'data', 'checkpoint'],
  ['method', 'metric'],
  ['train'],
  ['report', 'run', 'recipe', 'demo'],
  ['cli'],
]
/** Rooms that a browser runs too. */
const pureRooms = ['graph', 'loss', 'combine', 'optim', 'metric']
const nodeModules = new Set([...builtinModules, 'onnxruntime-node', 'koffi'])
const longestFile = 400

const source = new URL('../src', import.meta.url).pathname
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }))
// Tests may reach up: a loss is tested with the engine.
const modules = new Map(
  files
    .filter(({ file }) => !file.endsWith('.test.ts') && file !== 'index.ts')
    .map(({ file, text }) => [file, importsOf(file, text)]),
)

function importsOf(file: string, text: string): { files: string[]; packages: string[] } {
  const found = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map((m) => m[1])
  return {
    files: found.filter((name) => name.startsWith('.')).map((name) => join(dirname(file), name)),
    packages: found.filter((name) => !name.startsWith('.')),
  }
}

function roomOf(file: string): string {
  return file.includes('/') ? file.split('/')[0] : '.'
}

function levelOf(file: string): number {
  return levels.findIndex((rooms) => rooms.includes(roomOf(file)))
}

describe('imports of src/', () => {
  test('every room has a level', () => {
    expect([...modules.keys()].filter((file) => levelOf(file) < 0)).toEqual([])
  })

  test('imports are found at all', () => {
    expect(modules.get('optim/adamw.ts')?.files).toContain('graph/index.ts')
    expect(modules.get('engine/onnx/c-api.ts')?.packages).toContain('koffi')
    expect(modules.get('engine/node.ts')?.files).toContain('engine/onnx/ffi.ts')
  })

  test('no room imports from a higher one', () => {
    const upward = [...modules].flatMap(([file, imports]) =>
      imports.files.filter((to) => levelOf(to) > levelOf(file)).map((to) => `${file} → ${to}`),
    )
    expect(upward).toEqual([])
  })

  test('rooms of one level do not import each other in a circle', () => {
    const edges = new Map<string, Set<string>>()
    for (const [file, imports] of modules)
      for (const to of imports.files)
        if (roomOf(to) !== roomOf(file))
          edges.set(roomOf(file), (edges.get(roomOf(file)) ?? new Set()).add(roomOf(to)))
    const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
      [...(edges.get(from) ?? [])].some((next) => {
        if (next === goal) return true
        if (seen.has(next)) return false
        seen.add(next)
        return reaches(next, goal, seen)
      })
    expect([...edges.keys()].filter((room) => reaches(room, room))).toEqual([])
  })

  test.each(pureRooms)('%s reaches nothing of Node', (room) => {
    const chains: string[] = []
    const seen = new Set<string>()
    const visit = (file: string, chain: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      const imports = modules.get(file)
      if (!imports) return
      for (const name of imports.packages)
        if (name.startsWith('node:') || nodeModules.has(name)) chains.push(`${chain} → ${name}`)
      for (const next of imports.files) visit(next, `${chain} → ${next}`)
    }
    for (const file of modules.keys()) if (roomOf(file) === room) visit(file, file)
    expect(chains).toEqual([])
  })
})

test(`no file of src/ has more than ${longestFile} lines`, () => {
  const lengths = files.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
  expect(lengths.filter(({ lines }) => lines > longestFile)).toEqual([])
})
