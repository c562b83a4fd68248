import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Command, done, text } from './command.ts'
import { UsageError } from './usage-error.ts'

const KINDS = ['prometheus-rules', 'grafana', 'loki'] as const

export const exportFiles: Command = {
  words: ['export'],
  usage: `export ${KINDS.join('|')} [--to FOLDER]`,
  summary:
    "the plan's rules for Prometheus, a Grafana dashboard, or settings of Loki and Promtail; without --to on stdout",
  options: { to: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals, values, json }) {
    const kind = KINDS.find((one) => one === positionals[0])
    if (!kind) throw new UsageError(`"${positionals[0]}" cannot be exported; use one of: ${KINDS.join(', ')}.`)
    const written = kind === 'prometheus-rules' ? await core.prometheus.rules() : null
    const files =
      kind === 'loki' ? (await core.prometheus.logging()).files : [written ?? (await core.prometheus.dashboard())]
    const folder = text(values, 'to')
    if (folder === undefined) {
      if (!json)
        for (const file of files) terminal.raw(files.length > 1 ? `# ${file.fileName}\n${file.text}\n` : file.text)
      return done(files)
    }
    for (const { fileName, text: content } of files) write(folder, fileName, content)
    terminal.say(`Written: ${files.map(({ fileName }) => join(folder, fileName)).join(', ')}`)
    for (const reason of written?.left ?? []) terminal.say(`Left out: ${reason}`)
    return done(files)
  },
}

function write(folder: string, fileName: string, content: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, fileName), content)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HeadroomError({
      code: 'FILE_NOT_WRITTEN',
      fact: `${join(folder, fileName)} cannot be written: ${reason}.`,
      fix: 'Choose a folder that you may write to.',
      field: 'to',
      value: folder,
    })
  }
}
