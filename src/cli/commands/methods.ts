import { describeEdit, type EditDescription } from '../../edit/describe-edit.ts'
import { describeMethod, type MethodDescription } from '../../method/describe.ts'
import { registryWith } from '../../recipe/plugins.ts'
import { builtInRegistry } from '../../recipe/registry.ts'
import { pluginOption } from '../arguments.ts'
import { editPage } from '../edit-page.ts'
import { findMethod } from '../find-method.ts'
import { methodPage } from '../method-page.ts'
import { methodsMarkdown } from '../methods-markdown.ts'
import { printJson } from '../print-error.ts'
import { wrap } from '../wrap.ts'
import type { CommandModule } from './command.ts'

const help = `
Examples:
  $ lethe methods
  $ lethe methods blur
  $ lethe methods --json`

interface Flags {
  json?: true
  markdown?: true
  plugin: string[]
}

export const command: CommandModule = {
  values: () => ({ id: [...builtInRegistry.methods.keys(), ...builtInRegistry.editRules.keys()] }),
  define(command, terminal, _, next) {
    command
      .argument(
        '[id]',
        'Explain this method: losses, knobs, cost, published settings, known defects.',
      )
      .option('--markdown', 'All methods and parts as Markdown tables.')
      .addOption(pluginOption())
      .addHelpText('after', help)
      .action(async (id: string | undefined, { json, markdown, plugin }: Flags) => {
        const registry = await registryWith(plugin, terminal.cwd)
        const { methods, editRules } = registry
        if (markdown && id === undefined) {
          terminal.out.write(methodsMarkdown(registry))
          return
        }
        const rule = editRules.get(String(id))
        const described: (MethodDescription | EditDescription)[] =
          id === undefined
            ? [
                ...[...methods.values()].map(describeMethod),
                ...[...editRules.values()].map(describeEdit),
              ]
            : [
                rule
                  ? describeEdit(rule)
                  : describeMethod(findMethod(id, 'lethe methods', registry)),
              ]
        if (json) printJson(described, terminal)
        else if (id !== undefined) {
          terminal.out.write(page(described[0]))
          if (!rule) next(['init', 'takedown.yaml', '--method', id])
        } else terminal.out.write(list(described))
      })
  },
}

function page(described: MethodDescription | EditDescription): string {
  return 'stage' in described ? editPage(described) : methodPage(described)
}

function list(described: readonly (MethodDescription | EditDescription)[]): string {
  const width = Math.max(...described.map(({ id }) => id.length))
  const lines = described.map(({ id, title, summary }) => {
    const margin = ' '.repeat(width + 2)
    return `${id.padEnd(width)}  ${title}\n${wrap(summary, 98, margin)}`
  })
  return `${lines.join('\n')}\nlethe methods <id> explains one.\n`
}
