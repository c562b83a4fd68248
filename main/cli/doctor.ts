import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, done, text } from './command.ts'

export const doctor: Command = {
  words: ['doctor'],
  usage: 'doctor',
  summary: 'checks what Headroom stands on and says how to mend what is wrong; exit code 1 where something fails',
  options: {},
  positionals: { min: 0, max: 0 },
  async runOnFolder({ terminal, workspace, signal }) {
    const checks = await workspace.examine(signal)
    for (const { id, state, fact, fix } of checks) {
      terminal.say(`${state.padEnd(5)} ${id.padEnd(12)} ${fact}`)
      if (fix !== null) terminal.say(`${' '.repeat(19)}${fix}`)
    }
    return done(checks, checks.some(({ state }) => state === 'fail') ? 1 : 0)
  },
}

export const bugReport: Command = {
  words: ['report', 'bug'],
  usage: 'report bug [-o FILE] [--names]',
  summary:
    'what helps to find a bug, as text: no secrets, no names or addresses unless --names; printed, or written to FILE',
  options: { out: { type: 'string', short: 'o' }, names: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values, json }) {
    const report = await core.diagnostics.report({ names: values.names === true })
    const file = text(values, 'out')
    if (file !== undefined) {
      writeFileSync(resolve(file), report.text, { mode: 0o600, flag: 'wx' })
      terminal.say(`Written to ${resolve(file)}. Read it before you send it.`)
    } else if (!json) terminal.raw(`${report.text}\n`)
    return done(report)
  },
}
