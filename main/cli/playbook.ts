import { readFileSync, writeFileSync } from 'node:fs'
import { HeadroomError, problemOf } from '../../shared/model/problem.ts'
import { parsePlaybook } from '../../shared/playbook/parse.ts'
import { type Command, done } from './command.ts'
import { parametersOf } from './run.ts'
import { UsageError } from './usage-error.ts'

export const playbookNew: Command = {
  words: ['playbook', 'new'],
  usage: 'playbook new [COPY_OF]',
  summary: 'an own playbook in the workspace: a copy of that one, or a short beginning',
  options: {},
  positionals: { min: 0, max: 1 },
  async run({ core, terminal, positionals }) {
    const [copyOf] = positionals
    const made = await core.playbookFiles.create(copyOf === undefined ? {} : { copyOf })
    terminal.say(`${made.id} is in the folder "playbooks" of the workspace, as ${made.file}.`)
    return done(made)
  },
}

export const playbookCheck: Command = {
  words: ['playbook', 'check'],
  usage: 'playbook check FILE',
  summary: 'reads a playbook file and names what is wrong with it, with line and column',
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ terminal, positionals }) {
    const file = positionals[0] ?? ''
    try {
      const { id, steps } = parsePlaybook(readFileSync(file, 'utf8'), file)
      terminal.say(`${file}: nothing wrong. ${id}, ${steps.length} steps.`)
      return done({ file, problems: [] })
    } catch (error) {
      const problem = problemOf(error)
      if (problem.code !== 'YAML_INVALID')
        throw new HeadroomError({
          code: 'PLAYBOOK_UNREADABLE',
          fact: `${file} could not be read: ${error instanceof Error ? error.message : problem.fact}.`,
          fix: 'Name a playbook file that can be read.',
          field: 'FILE',
          value: file,
        })
      const problems = Object.values(problem.details ?? {})
      for (const line of problems) terminal.say(line)
      return done({ file, problems }, 1)
    }
  },
}

export const playbookHandOver: Command = {
  words: ['playbook', 'hand-over'],
  usage: 'playbook hand-over PLAYBOOK [--param NAME=VALUE ...] [--format script|ansible] [--output FILE]',
  summary: 'the same work to be done by hand, as a shell script or an Ansible playbook; no secret is in it',
  options: {
    param: { type: 'string', multiple: true },
    format: { type: 'string' },
    output: { type: 'string' },
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const { core, terminal, positionals, values } = call
    const format = values.format ?? 'script'
    if (format !== 'script' && format !== 'ansible')
      throw new UsageError(`--format is script or ansible, not "${String(format)}".`)
    const playbookId = positionals[0] ?? ''
    const parameters = await parametersOf(call, playbookId)
    const made = await core.playbooks.handOver({ playbookId, parameters, format })
    if (typeof values.output === 'string') {
      writeFileSync(values.output, made.text, { mode: format === 'script' ? 0o755 : 0o644 })
      terminal.say(`Written to ${values.output}.`)
      for (const step of made.byHand) terminal.say(`By hand: ${step}`)
    } else terminal.say(made.text.trimEnd())
    return done(made)
  },
}

export const auditVerify: Command = {
  words: ['audit', 'verify'],
  usage: 'audit verify',
  summary: 'checks the journals of all runs and their order; 1 where one is not what was written',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const audit = await core.playbooks.audit({ now: true })
    for (const { runId, name, fact } of audit.broken) terminal.say(`BROKEN  ${runId}  ${name}: ${fact}`)
    if (audit.broken.length === 0)
      terminal.say(
        audit.runs === 0
          ? 'Nothing was run yet.'
          : `${audit.runs} journals with ${audit.entries} entries are whole, unchanged and in their order.`,
      )
    return done(audit, audit.broken.length === 0 ? 0 : 1)
  },
}

export const auditExport: Command = {
  words: ['audit', 'export'],
  usage: 'audit export [--format markdown|json] [--from YYYY-MM-DD] [--output FILE]',
  summary: 'the journals of all runs in one document',
  options: { format: { type: 'string' }, from: { type: 'string' }, output: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values }) {
    const format = values.format ?? 'json'
    if (format !== 'markdown' && format !== 'json')
      throw new UsageError(`--format is markdown or json, not "${String(format)}".`)
    const from = values.from === undefined ? 0 : Date.parse(`${String(values.from)}T00:00:00Z`)
    if (!Number.isFinite(from)) throw new UsageError('--from is a date such as 2026-01-31.')
    const file = await core.playbooks.exportAudit({ format, from })
    if (typeof values.output === 'string') {
      writeFileSync(values.output, file.text)
      terminal.say(`Written to ${values.output}.`)
    } else terminal.say(file.text.trimEnd())
    return done(file)
  },
}
