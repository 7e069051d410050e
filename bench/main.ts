/** `npm run bench -- <name> [--json]`: one benchmark per file; each prints notes on stderr and its result on stdout. */
const benchmarks: Record<string, () => Promise<{ run(json: boolean): Promise<void> }>> = {
  step: () => import('./step.ts'),
  peers: () => import('./peers.ts'),
  'llama-1b': () => import('./llama-1b.ts'),
  methods: () => import('./methods.ts'),
  playground: () => import('./playground.ts'),
  takedown: () => import('./takedown.ts'),
}

const [name = '', ...flags] = process.argv.slice(2)
const load = benchmarks[name]
if (load && flags.every((flag) => flag === '--json')) {
  await (await load()).run(flags.includes('--json'))
} else {
  process.stderr.write(
    `benchmark: expected one of ${Object.keys(benchmarks).join(', ')} and perhaps --json, got ${[name, ...flags].join(' ') || 'nothing'}\n`,
  )
  process.exitCode = 2
}
