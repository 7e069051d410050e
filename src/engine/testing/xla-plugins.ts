import type { Need } from '../../../test/helpers/needs.ts'
import { pluginsIn } from '../xla/plugin-file.ts'
import { createXlaEngine } from '../xla/xla.ts'

/** A plugin that tests run on. */
export interface TestPlugin extends Need {
  readonly file: string
}

const folder = process.env.LETHE_XLA_PLUGINS

function plugin(name: string, file: string): TestPlugin {
  const found = folder ? pluginsIn(folder).find((path) => path.endsWith(`/${file}`)) : undefined
  return {
    what: `${name} (reference/fetch-xla.sh, named in LETHE_XLA_PLUGINS)`,
    here: found !== undefined,
    file: found ?? '',
  }
}

/** The newest and the oldest interface that Lethe is tested with: PJRT 0.115 and 0.81. */
export const newestPlugin = plugin('XLA of 2026', 'pjrt_c_api_cpu_plugin.so')
export const oldestPlugin = plugin('XLA of 2025', 'xla_cpu_pjrt.so')

/** Tests need many small programs, and none of them twice. */
const quickly = { xla_backend_optimization_level: 0, xla_llvm_disable_expensive_passes: true }

/** An engine on a plugin that compiles quickly and keeps nothing on the disk. */
export const createTestXla = ({ file }: TestPlugin) =>
  createXlaEngine({ plugin: file, flags: quickly, cache: null })
