import type { CoreClient } from '../../shared/contract/client.ts'
import { formatDuration } from '../../shared/format/duration.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Parameter, Preview, Run } from '../../shared/model/run.ts'
import { type Call, type Command, done } from './command.ts'
import { findHost } from './find-host.ts'
import { secretFrom } from './secrets.ts'
import type { Terminal } from './terminal.ts'
import { numberOption, UsageError } from './usage-error.ts'

export const playbooks: Command = {
  words: ['playbooks'],
  usage: 'playbooks',
  summary: 'the playbooks and their parameters',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const list = await core.playbooks.list()
    for (const { id, name, parameters } of list) {
      terminal.say(`${id}  ${name}`)
      terminal.table(
        parameters.map((one) => [
          `  ${one.name}`,
          one.type,
          one.required ? 'required' : `default ${one.default ?? 'none'}`,
          one.label,
        ]),
      )
    }
    return done(list)
  },
}

export const run: Command = {
  words: ['run'],
  usage: 'run PLAYBOOK [--param NAME=VALUE ...] [--rehearsal] [--lock] [--yes]',
  summary:
    'shows the exact commands, asks, then runs them; secrets as NAME=env:VAR, NAME=file:PATH or NAME=-. A rehearsal copies a database aside, measures and drops it',
  options: {
    param: { type: 'string', multiple: true },
    ...{ yes: { type: 'boolean' }, rehearsal: { type: 'boolean' }, lock: { type: 'boolean' } },
  },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const { core, terminal, positionals, values } = call
    const playbookId = positionals[0] ?? ''
    const parameters = await parametersOf(call, playbookId)
    const rehearsal = values.rehearsal === true
    const preview = await core.playbooks.preview({ playbookId, parameters, rehearsal })
    show(terminal, preview, values.lock === true)
    const blocked = preview.problems[0]
    if (blocked) throw new HeadroomError(blocked)
    if (values.yes !== true && !(await terminal.confirm('Run these commands?'))) {
      throw new HeadroomError({
        code: 'NOT_CONFIRMED',
        fact: 'Nothing was run.',
        fix: terminal.interactive ? 'Answer y to run it.' : 'Without a terminal to ask, give --yes.',
      })
    }
    const started = await core.playbooks.start({ playbookId, parameters, previewHash: preview.hash, rehearsal })
    const ended = await follow(call, started)
    const proofs = await core.playbooks.proofs({ runId: ended.id })
    for (const proof of proofs)
      terminal.say(`${proof.title}: ${proof.equal ? 'equal' : 'DIFFERENT'}, ${proof.rows.length} compared`)
    return done({ run: ended, proofs }, ended.state === 'succeeded' ? 0 : 1)
  },
}

export const runs: Command = {
  words: ['runs'],
  usage: 'runs',
  summary: 'what was run, newest first',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const list = await core.playbooks.runs()
    if (list.length === 0) terminal.say('Nothing was run yet.')
    else {
      terminal.table([
        ['ID', 'PLAYBOOK', 'STATE', 'STARTED', 'OUTCOME'],
        ...list.map((one) => [
          one.id,
          one.playbookId,
          one.state,
          new Date(one.createdAt).toISOString(),
          one.outcome ?? one.problem?.fact ?? '',
        ]),
      ])
    }
    return done(list)
  },
}

export const journalVerify: Command = {
  words: ['journal', 'verify'],
  usage: 'journal verify [RUN ...]',
  summary: 'checks that the journals are whole and unchanged; all of them unless runs are named',
  options: {},
  positionals: { min: 0, max: 100 },
  async run({ core, terminal, positionals }) {
    const runIds = positionals.length > 0 ? positionals : (await core.playbooks.runs()).map(({ id }) => id)
    const checked: { runId: string; intact: boolean; brokenAt: number | null; entries: number }[] = []
    for (const runId of runIds) {
      const { intact, brokenAt, entries } = await core.playbooks.journal({ runId })
      checked.push({ runId, intact, brokenAt, entries: entries.length })
      const how = intact ? 'whole and unchanged' : `BROKEN at entry ${brokenAt}`
      terminal.say(`${runId}  ${entries.length} entries  ${how}`)
    }
    if (checked.length === 0) terminal.say('Nothing was run yet.')
    return done(checked, checked.every(({ intact }) => intact) ? 0 : 1)
  },
}

export const journalExport: Command = {
  words: ['journal', 'export'],
  usage: 'journal export RUN [--format markdown|json]',
  summary:
    'prints the journal of a run: who, when, each command with host key, exit code, duration and digest of its output',
  options: { format: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals, values }) {
    const format = values.format ?? 'markdown'
    if (format !== 'markdown' && format !== 'json')
      throw new UsageError(`--format is markdown or json, not "${String(format)}".`)
    const file = await core.playbooks.exportJournal({ runId: positionals[0] ?? '', format })
    terminal.say(file.text.trimEnd())
    return done(file)
  },
}

/** A command on one run, followed to its end. */
const onRun = (
  word: string,
  usage: string,
  summary: string,
  act: (call: Call, runId: string) => Promise<Run>,
  options: Command['options'] = {},
): Command => ({
  words: ['runs', word],
  usage: `runs ${word} ${usage}`,
  summary,
  options: { secret: { type: 'string', multiple: true }, ...options },
  positionals: { min: 1, max: 2 },
  async run(call) {
    const runId = call.positionals[0] ?? ''
    const { lastSeq } = await call.core.playbooks.run({ runId })
    const going = await act(call, runId)
    const ended = going.state === 'running' || going.state === 'stopping' ? await follow(call, going, lastSeq) : going
    if (ended === going) call.terminal.say(`${ended.state}: ${ended.problem?.fact ?? ended.outcome ?? ended.name}`)
    return done(ended, ended.state === 'failed' || ended.state === 'interrupted' ? 1 : 0)
  },
})

const stepOf = ({ positionals }: Call): string => {
  if (positionals[1] === undefined) throw new UsageError('Name the step, too.')
  return positionals[1]
}

export const runsResume = onRun(
  'resume',
  'RUN [--secret NAME=env:VAR ...]',
  'goes on with a run, or tries its failed step again',
  async (call, runId) => call.core.playbooks.resume({ runId, secrets: await secretsOf(call) }),
)
export const runsStop = onRun('stop', 'RUN', 'stops a run, or closes an interrupted one', ({ core }, runId) =>
  core.playbooks.stop({ runId }),
)
export const runsUndo = onRun(
  'undo',
  'RUN STEP',
  'takes back the steps of a run, newest first, down to this one',
  async (call, runId) => call.core.playbooks.undo({ runId, stepId: stepOf(call), secrets: await secretsOf(call) }),
)
export const runsSkip = onRun(
  'skip',
  'RUN STEP --reason TEXT',
  'leaves out the next step of a run that stands still',
  (call, runId) => call.core.playbooks.skip({ runId, stepId: stepOf(call), reason: String(call.values.reason ?? '') }),
  { reason: { type: 'string' } },
)
export const runsApprove = onRun(
  'approve',
  'RUN STEP [--type TEXT]',
  'agrees to what a run waits for, and lets it go on',
  (call, runId) => call.core.playbooks.approve({ runId, stepId: stepOf(call), typed: String(call.values.type ?? '') }),
  { type: { type: 'string' } },
)

export const runsAgree: Command = {
  words: ['runs', 'agree'],
  usage: 'runs agree RUN [--yes]',
  summary: 'shows a command that was not reviewed, as after an update in the midst of a run, asks, and agrees to it',
  options: { yes: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals, values }) {
    const runId = positionals[0] ?? ''
    const { problem } = await core.playbooks.run({ runId })
    const { digest = '', difference = '' } = problem?.code === 'COMMAND_CHANGED' ? (problem.details ?? {}) : {}
    if (difference !== '') terminal.say(difference.trimEnd())
    if (digest !== '' && values.yes !== true && !(await terminal.confirm('Send this?')))
      throw new HeadroomError({
        code: 'NOT_CONFIRMED',
        fact: 'Nothing was agreed to.',
        fix: terminal.interactive ? 'Answer y to agree.' : 'Without a terminal to ask, give --yes.',
      })
    const run = await core.playbooks.agree({ runId, digest })
    terminal.say(`${run.state}: ${run.outcome ?? run.name}`)
    return done(run)
  },
}

export const locks: Command = {
  words: ['locks'],
  usage: 'locks',
  summary: 'which run holds which server',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const list = await core.playbooks.locks()
    if (list.length === 0) terminal.say('No run holds a server.')
    else
      terminal.table([
        ['SERVER', 'RUN', 'SINCE', 'BY', ''],
        ...list.map((one) => [
          one.hostName,
          one.runName,
          new Date(one.since).toISOString(),
          one.instance,
          one.stale ? 'nobody drives it' : '',
        ]),
      ])
    return done(list)
  },
}

export const locksBreak: Command = {
  words: ['locks', 'break'],
  usage: 'locks break SERVER --reason TEXT',
  summary: 'takes a server away from a run that nobody drives any more; the journal keeps the reason',
  options: { reason: { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals, values }) {
    const host = await findHost(core, positionals[0] ?? '')
    await core.playbooks.breakLock({ hostId: host.id, reason: String(values.reason ?? '') })
    terminal.say(`${host.name} is free.`)
    return done({ hostId: host.id })
  },
}

export const prove: Command = {
  words: ['prove'],
  usage: 'prove RUN [--secret NAME=env:VAR ...]',
  summary: "checks the run's journal and compares both sides again, now",
  options: { secret: { type: 'string', multiple: true } },
  positionals: { min: 1, max: 1 },
  async run(call) {
    const { core, terminal, positionals } = call
    const runId = positionals[0] ?? ''
    const journal = await core.playbooks.journal({ runId })
    terminal.say(
      journal.intact
        ? `Journal intact, ${journal.entries.length} entries.`
        : `Journal broken at entry ${journal.brokenAt}.`,
    )
    const secrets = await secretsOf(call)
    const proof = await core.playbooks.proveAgain({ runId, secrets })
    terminal.table([
      ['', proof.leftName, proof.rightName, ''],
      ...proof.rows.map((row) => [row.name, row.left, row.right, row.equal ? '' : 'DIFFERENT']),
    ])
    terminal.say(proof.equal ? 'Both sides are equal.' : 'The sides differ.')
    return done(
      { journal: { intact: journal.intact, brokenAt: journal.brokenAt }, proof },
      journal.intact && proof.equal ? 0 : 1,
    )
  },
}

async function secretsOf(call: Call): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {}
  for (const pair of words(call.values.secret)) {
    const [name, reference] = split(pair)
    secrets[name] = await secretFrom(reference, name, call)
  }
  return secrets
}

export async function parametersOf(call: Call, playbookId: string): Promise<Record<string, string | number | boolean>> {
  const known = (await call.core.playbooks.list()).find(({ id }) => id === playbookId)?.parameters ?? []
  const values: Record<string, string | number | boolean> = {}
  for (const pair of words(call.values.param)) {
    const [name, value] = split(pair)
    values[name] = await parameterValue(
      call,
      known.find((one) => one.name === name),
      name,
      value,
    )
  }
  for (const { name, label, type, required } of known) {
    if (type === 'secret' && required && values[name] === undefined && call.terminal.interactive) {
      values[name] = await call.terminal.secret(label)
    }
  }
  return values
}

async function parameterValue(call: Call, parameter: Parameter | undefined, name: string, value: string) {
  if (parameter?.type === 'secret') return secretFrom(value, name, call)
  if (parameter?.type === 'number' || parameter?.type === 'port') return numberOption(`param ${name}`, value)
  if (parameter?.type === 'boolean') return value === 'true' || value === 'yes'
  return value
}

function show(terminal: Terminal, preview: Preview, withLocks: boolean): void {
  terminal.say(preview.name)
  for (const step of preview.steps) {
    terminal.say(
      `${step.index + 1}. ${step.name}${step.holds === false ? ' (left out)' : step.alreadyDone ? ' (done already)' : ''}${step.estimateMs !== null && step.estimateRuns > 0 ? ` (about ${formatDuration(step.estimateMs)})` : ''}${step.irreversible ? ' (cannot be undone)' : ''}`,
    )
    for (const command of step.commands) {
      sayLines(terminal, `   ${command.hostName}$ `, `${command.text}${command.raw ? '   [holds unquoted text]' : ''}`)
      if (command.stdin !== null) for (const line of command.stdin.split('\n')) terminal.say(`     | ${line}`)
    }
    for (const diff of step.diffs) {
      terminal.say(`   ${diff.hostName}: ${diff.path}`)
      for (const line of diff.unified.trimEnd().split('\n')) terminal.say(`     ${line}`)
    }
    for (const note of step.notes) terminal.say(`   ${note}`)
  }
  for (const { hostNames, commands } of preview.locks) {
    terminal.say(
      `While it runs, it leaves a lock on ${hostNames.join(', ')}${withLocks ? ':' : ' (--lock shows its commands)'}`,
    )
    if (withLocks)
      for (const { what, text, stdin } of commands) {
        sayLines(terminal, `   ${what}$ `, text)
        if (stdin !== null) for (const line of stdin.split('\n')) terminal.say(`     | ${line}`)
      }
  }
  terminal.say(`Downtime: ${preview.downtime}`)
  for (const warning of preview.warnings) terminal.say(`Warning: ${warning}`)
  for (const problem of preview.problems) terminal.say(`Stops the run: ${problem.fact} ${problem.fix}`)
}

/** A script in a command as it is, line by line. */
function sayLines(terminal: Terminal, before: string, text: string): void {
  const [first = '', ...rest] = text.split('\n')
  terminal.say(`${before}${first}`)
  for (const line of rest) terminal.say(`     ${line}`)
}

/** Prints the run's output until it ends. Ctrl-C asks the run to stop; its end is then still awaited. */
async function follow({ core, terminal, signal }: Call, started: Run, from = 0): Promise<Run> {
  let latest = started
  let seq = from
  const stop = () => void core.playbooks.stop({ runId: started.id }).catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  for await (const change of await core.playbooks.follow({ runId: started.id })) {
    latest = change
    seq = await printFrom(core, terminal, started.id, seq)
  }
  await printFrom(core, terminal, started.id, seq)
  signal.removeEventListener('abort', stop)
  latest = await core.playbooks.run({ runId: started.id })
  terminal.say(
    latest.problem
      ? `${latest.state}: ${latest.problem.fact} ${latest.problem.fix}`
      : `${latest.state}: ${latest.outcome ?? latest.name}`,
  )
  return latest
}

async function printFrom(core: CoreClient, terminal: Terminal, runId: string, afterSeq: number): Promise<number> {
  let seq = afterSeq
  for (;;) {
    const { lines, more } = await core.playbooks.output({ runId, afterSeq: seq })
    for (const line of lines) {
      terminal.say(`[${line.step}] ${line.host}: ${line.text}`)
      seq = line.seq
    }
    if (!more) return seq
  }
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new UsageError(`"${pair}" should read NAME=VALUE.`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}
