import { formatHeld } from '../../shared/format/duration.ts'
import { moneyColumn } from '../../shared/format/money.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Command, done } from './command.ts'

export const NO_PLAN = {
  code: 'NO_PLAN',
  fact: 'This workspace has no plan yet.',
  fix: 'Choose a blueprint with `headroom plan choose ID`; `headroom plan list` names them.',
}

export const planList: Command = {
  words: ['plan', 'list'],
  usage: 'plan list',
  summary: 'the blueprints that ship with Headroom',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const blueprints = await core.plan.blueprints()
    terminal.table([
      ['ID', 'NAME', 'STAGES'],
      ...blueprints.map(({ plan }) => [plan.id, plan.name, String(plan.stages.length)]),
    ])
    return done(blueprints.map(({ plan }) => ({ id: plan.id, name: plan.name, stages: plan.stages.length })))
  },
}

export const planChoose: Command = {
  words: ['plan', 'choose'],
  usage: 'plan choose ID',
  summary: "makes a blueprint this workspace's plan",
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals }) {
    await core.plan.choose({ blueprintId: positionals[0] ?? '' })
    const chosen = await core.plan.current()
    terminal.say(`The plan is now ${chosen?.plan.name}.`)
    return done({ id: chosen?.plan.id })
  },
}

export const planShow: Command = {
  words: ['plan', 'show'],
  usage: 'plan show',
  summary: 'the stages of the plan with their computed costs',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const current = await core.plan.current()
    if (!current) throw new HeadroomError(NO_PLAN)
    const { plan, costs } = current
    terminal.say(`${plan.name} (${plan.id})`)
    const money = moneyColumn(
      costs.map(({ perMonthMinor }) => perMonthMinor),
      plan.currency,
    )
    terminal.table([
      ['', 'STAGE', 'A MONTH', 'STATED TOTAL'],
      ...plan.stages.map((stage) => {
        const cost = costs.find((one) => one.stage === stage.id)
        const sum = cost ? money(cost.perMonthMinor) : '–'
        return [
          stage.id === plan.stage ? '→' : '',
          stage.name,
          sum,
          cost?.differs ? `differs: ${cost.difference ?? ''}` : '',
        ]
      }),
    ])
    return done(current)
  },
}

/** Readings older than a few rounds are told with their time. */
const OLD_MS = 2 * 60_000

export const verdict: Command = {
  words: ['verdict'],
  usage: 'verdict',
  summary: 'stay, move or fix: judged on what was measured, with the evidence',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const judged = await core.plan.verdict()
    terminal.say(`${judged.kind.toUpperCase()}  ${judged.headline}`)
    terminal.say(`Stage ${judged.stage.index + 1} of ${judged.stage.of}: ${judged.stage.name}`)
    const age = judged.at - (judged.readAt ?? judged.at)
    if (age > OLD_MS)
      terminal.say(
        `${judged.kind === 'cannot-judge' ? 'Readings' : 'Some readings'} as of ${new Date(judged.at - age).toISOString()}, ${formatHeld(age)} ago.`,
      )
    for (const reason of judged.reasons) terminal.say(`  ${reason}`)
    const notable = judged.judgements.filter(({ state }) => state === 'fired' || state === 'pending')
    for (const one of notable) terminal.say(`  ${one.state}: ${one.name}: ${one.condition}; ${one.why}`)
    if (judged.unknown.length > 0) {
      terminal.say('Could not be judged:')
      for (const line of judged.unknown) terminal.say(`  ${line}`)
    }
    return done(judged)
  },
}
