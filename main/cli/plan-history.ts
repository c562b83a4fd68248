import { type Command, done, text } from './command.ts'
import { numberOption } from './usage-error.ts'

function step(way: 'undo' | 'redo', summary: string): Command {
  return {
    words: ['plan', way],
    usage: `plan ${way}`,
    summary,
    options: {},
    positionals: { min: 0, max: 0 },
    async run({ core, terminal }) {
      const { revision, reason } = await core.plan[way]({})
      terminal.say(`${way === 'undo' ? 'Undone' : 'Done again'}: ${reason}.`)
      return done({ revision, reason })
    },
  }
}

export const planUndo = step('undo', 'takes the last change of the plan back')
export const planRedo = step('redo', 'does again what was undone last')

const STATES = { past: '', present: '→', undone: 'undone' } as const

export const planHistory: Command = {
  words: ['plan', 'history'],
  usage: 'plan history [--to REVISION]',
  summary: 'the changes of the plan, newest first; --to goes to one of them',
  options: { to: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values }) {
    const to = text(values, 'to')
    if (to !== undefined) {
      const revision = numberOption('to', to)
      const gone = await core.plan.goTo({ revision })
      terminal.say(`The plan is as it was after: ${gone.reason}.`)
      return done({ revision: gone.revision, reason: gone.reason })
    }
    const entries = await core.plan.history()
    terminal.table([
      ['', 'REVISION', 'WHEN', 'WHAT'],
      ...entries.map((one) => [
        STATES[one.state],
        String(one.revision),
        new Date(one.savedAt).toISOString().slice(0, 16).replace('T', ' '),
        one.reason,
      ]),
    ])
    return done(entries)
  },
}
