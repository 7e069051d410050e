import { basename, resolve } from 'node:path'
import type { StoredDType } from '../../checkpoint/dtype.ts'
import { UserError } from '../../error.ts'
import { printJson } from '../print-error.ts'
import type { CommandModule } from './command.ts'

const help = `
Writes a Hugging Face folder: weights, config, tokenizer and chat template, all from the file. Values
are those of the file; what its quantisation took away stays away. Memory: one tensor.

Examples:
  $ lethe import SmolLM2-135M-Instruct.Q4_1.gguf
  $ lethe import model.gguf --output ./model --dtype bf16`

const dtypes: Readonly<Record<string, StoredDType>> = { f32: 'F32', f16: 'F16', bf16: 'BF16' }

interface Flags {
  output?: string
  dtype: string
  replace?: true
  json?: true
}

export const command: CommandModule = {
  values: () => ({ '--dtype': Object.keys(dtypes) }),
  define(command, terminal, _, next) {
    command
      .argument('<file>', 'A .gguf file.')
      .option('--output <folder>', 'Where the model goes; the name of the file unless given.')
      .option('--dtype <type>', `Type of the weights: ${Object.keys(dtypes).join(', ')}.`, 'f32')
      .option('--replace', 'Delete the model that is in the output folder.')
      .addHelpText('after', help)
      .action(async (file: string, flags: Flags) => {
        const { cwd, out } = terminal
        const dtype = dtypes[flags.dtype]
        if (!dtype)
          throw new UserError({
            code: 'unknown-dtype',
            path: '--dtype',
            expected: Object.keys(dtypes).join(', '),
            got: flags.dtype,
          })
        const output = flags.output ?? basename(file).replace(/\.gguf$/i, '')
        const { importGguf } = await import('../../gguf/import-gguf.ts')
        const imported = await importGguf({
          path: resolve(cwd, file),
          target: resolve(cwd, output),
          dtype,
          replace: flags.replace ?? false,
        })
        next(
          ['chat', output],
          ['init', 'takedown.yaml', '--model', output, '--forget', 'forget.jsonl'],
        )
        if (flags.json) return printJson({ ok: true, output, ...imported }, terminal)
        const { modelType, parameters, types } = imported
        const stored = Object.entries(types).map(([type, count]) => `${count} ${type}`)
        out.write(
          `wrote ${output}: ${modelType}, ${(parameters / 1e6).toFixed(1)} M parameters, tensors ${stored.join(', ')}\n`,
        )
        return undefined
      })
  },
}
