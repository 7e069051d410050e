import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { levels as rooms } from '../generate/rooms.ts'

const levels = rooms.map((level) => level.map(({ name }) => name))
const pureRooms = rooms.flat().flatMap(({ name, pure }) => (pure ? [name] : []))
const nodeModules = new Set([...builtinModules, 'onnxruntime-node', 'koffi'])
const longestFile = 400

const source = new URL('../src', import.meta.url).pathname
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }))
// Tests may reach up: a loss is tested with the engine.
const sources = files.filter(({ file }) => !/\.test\.ts$|\btesting\/|^index\.ts$/.test(file))
const modules = importGraph(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)
const staticModules = importGraph(/(?:\bfrom|^import)\s*['"]([^'"]+)['"]/gm)

type ImportGraph = Map<string, { files: string[]; packages: string[] }>

function importGraph(pattern: RegExp): ImportGraph {
  return new Map(
    sources.map(({ file, text }) => {
      const found = [...text.matchAll(pattern)].map((match) => match[1])
      const relative = found.filter((name) => name.startsWith('.'))
      return [
        file,
        {
          files: relative.map((name) => join(dirname(file), name)),
          packages: found.filter((name) => !name.startsWith('.')),
        },
      ]
    }),
  )
}

/** Every way by which `starts` come to import a package that is meant. */
function chainsTo(
  isMeant: (name: string) => boolean,
  starts: readonly string[],
  graph: ImportGraph,
): string[] {
  const chains: string[] = []
  const seen = new Set<string>()
  const visit = (file: string, chain: string): void => {
    const imports = graph.get(file)
    if (seen.has(file) || !imports) return
    seen.add(file)
    for (const name of imports.packages) if (isMeant(name)) chains.push(`${chain} → ${name}`)
    for (const next of imports.files) visit(next, `${chain} → ${next}`)
  }
  for (const start of starts) visit(start, start)
  return chains
}

function roomOf(file: string): string {
  return file.includes('/') ? file.split('/')[0] : '.'
}

function levelOf(file: string): number {
  return levels.findIndex((level) => level.includes(roomOf(file)))
}

describe('imports of src/', () => {
  test('every room has a level', () => {
    expect([...modules.keys()].filter((file) => levelOf(file) < 0)).toEqual([])
  })

  test('imports are found at all', () => {
    expect(modules.get('parts/optim/adamw.ts')?.files).toContain('graph/index.ts')
    expect(modules.get('files/native-calls.ts')?.packages).toContain('koffi')
    for (const engine of ['engine/onnx/ffi.ts', 'engine/xla/xla.ts']) {
      expect(modules.get('engine/node-engine.ts')?.files).toContain(engine)
      expect(staticModules.get('engine/node-engine.ts')?.files).not.toContain(engine)
    }
    const isKoffi = (name: string) => name === 'koffi'
    expect(chainsTo(isKoffi, ['engine/node-engine.ts'], modules)).toHaveLength(1)
    expect(chainsTo(isKoffi, ['engine/node-engine.ts'], staticModules)).toEqual([])
  })

  // Its settings are refused once a library is loaded, by whomever.
  test('koffi is imported in one place', () => {
    const users = [...modules].flatMap(([file, { packages }]) =>
      packages.includes('koffi') ? [file] : [],
    )
    expect(users).toEqual(['files/native-calls.ts'])
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

  test('no file imports itself by way of others, not even its types', () => {
    const circular = [...modules.keys()].filter((file) => {
      const seen = new Set<string>()
      const waiting = [...(modules.get(file)?.files ?? [])]
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (next === file) return true
        if (seen.has(next)) continue
        seen.add(next)
        waiting.push(...(modules.get(next)?.files ?? []))
      }
      return false
    })
    expect(circular).toEqual([])
  })

  test.each(pureRooms)('%s reaches nothing of Node', (room) => {
    const starts = [...modules.keys()].filter((file) => roomOf(file) === room)
    const isNode = (name: string) => name.startsWith('node:') || nodeModules.has(name)
    expect(chainsTo(isNode, starts, modules)).toEqual([])
  })

  // Only static imports count: what a command needs later it may load later.
  test.each(['init', 'validate', 'methods'])('lethe %s loads no runtime', (command) => {
    const starts = ['cli/main.ts', `cli/${command}.ts`]
    const isRuntime = (name: string) => name === 'onnxruntime-node' || name === 'koffi'
    expect(chainsTo(isRuntime, starts, staticModules)).toEqual([])
  })
})

test(`no file of src/ has more than ${longestFile} lines`, () => {
  const lengths = files.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }))
  expect(lengths.filter(({ lines }) => lines > longestFile)).toEqual([])
})

test('an index.ts is a door that package.json exports, and nothing else is', () => {
  const { exports } = JSON.parse(readFileSync(join(source, '../package.json'), 'utf8'))
  const doors = Object.values<{ default: string }>(exports).map((door) =>
    door.default.replace('./dist/src/', '').replace(/js$/, 'ts'),
  )
  const indexes = files.map(({ file }) => file).filter((file) => /(^|\/)index\.ts$/.test(file))
  expect(indexes.filter((file) => !doors.includes(file))).toEqual([])
})
