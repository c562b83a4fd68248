import { formatMoney, formatQuantity } from '../../shared/format/quantity.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Command, done, text } from './command.ts'
import { numberOption } from './usage-error.ts'

const NO_PLAN = {
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
    terminal.table([
      ['', 'STAGE', 'A MONTH', 'STATED TOTAL'],
      ...plan.stages.map((stage) => {
        const cost = costs.find((one) => one.stage === stage.id)
        const sum = cost ? formatMoney({ minor: cost.perMonthMinor, currency: cost.currency }) : '–'
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

export const whatIf: Command = {
  words: ['what-if'],
  usage: 'what-if --present N --rate R --months N [--deviation D] [--paths N] [--seed N] [--stay]',
  summary: 'cost, use and trigger months under a growth rate (0.1 is 10% a month), from a seeded simulation',
  options: {
    present: { type: 'string' },
    rate: { type: 'string' },
    months: { type: 'string', default: '24' },
    deviation: { type: 'string' },
    paths: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    stay: { type: 'boolean' },
  },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values, signal }) {
    const current = await core.plan.current()
    if (!current) throw new HeadroomError(NO_PLAN)
    const { plan } = current
    const driver = plan.drivers[0]
    const given = (name: string, otherwise: number) => {
      const word = text(values, name)
      return word === undefined ? otherwise : numberOption(name, word)
    }
    const assumptions = {
      present: given('present', driver?.present ?? 0),
      monthlyRate: given('rate', plan.growth.monthlyRate),
      deviation: given('deviation', plan.growth.deviation),
      months: given('months', 24),
      paths: given('paths', 10_000),
      seed: given('seed', 1),
      policy: values.stay === true ? { kind: 'stay' as const } : { kind: 'triggers' as const, leadMonths: 1 },
    }
    const simulated = await core.plan.simulate(assumptions, { signal })
    const money = (minor: number | undefined) =>
      minor === undefined ? '–' : formatMoney({ minor: Math.round(minor), currency: simulated.currency })
    const step = Math.max(1, Math.ceil(simulated.months / 12))
    const months = Array.from({ length: simulated.months }, (_, month) => month).filter((month) => month % step === 0)
    const tightest = (month: number) =>
      simulated.utilisation
        .map(({ name, band }) => ({ name, use: band.p50[month] ?? 0 }))
        .reduce((most, one) => (one.use > most.use ? one : most), { name: '–', use: 0 })
    terminal.table([
      ['MONTH', (driver?.name ?? 'driver').toUpperCase(), 'COST P10', 'P50', 'P90', 'FULLEST RESOURCE (P50)'],
      ...months.map((month) => {
        const { name, use } = tightest(month)
        return [
          String(month),
          formatQuantity(Math.round(simulated.driver.p50[month] ?? 0), 'count'),
          money(simulated.cost.p10[month]),
          money(simulated.cost.p50[month]),
          money(simulated.cost.p90[month]),
          name === '–' ? name : `${name} ${formatQuantity(use, 'ratio')}`,
        ]
      }),
    ])
    const fires = simulated.triggers.filter(({ firedShare }) => firedShare > 0)
    if (fires.length > 0) terminal.say('Triggers:')
    for (const { name, firedShare, month } of fires) {
      terminal.say(
        `  ${name}: fires in ${formatQuantity(firedShare, 'ratio')} of paths, month ${month.p10 ?? '–'} / ${month.p50 ?? '–'} / ${month.p90 ?? '–'} (P10/P50/P90)`,
      )
    }
    return done(simulated)
  },
}
