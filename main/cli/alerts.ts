import { formatHeld, HOUR_MS, parseDuration } from '../../shared/format/duration.ts'
import { formatQuantity } from '../../shared/format/quantity.ts'
import type { AlertRule } from '../../shared/model/alert.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { seriesWords } from '../../shared/planning/metric-words.ts'
import { type Call, type Command, done, text } from './command.ts'

const time = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

async function listed({ core, terminal }: Call) {
  const list = await core.alerts.list()
  const { now } = await core.app.info()
  if (list.open.length > 0)
    terminal.table([
      ['SEVERITY', 'SERIES', 'SERVER', 'VALUE', 'SINCE', 'STATE', 'RULE'],
      ...list.open.map((alert) => [
        alert.severity,
        seriesWords(alert.metric, alert.labels),
        alert.hostName,
        formatQuantity((alert.current ?? alert.evidence).value, alert.unit),
        `${formatHeld(now - alert.since)}`,
        alert.state === 'unknown' ? 'no data' : alert.acknowledgedAt === null ? 'firing' : 'acknowledged',
        alert.condition,
      ]),
    ])
  else terminal.say(`Nothing is firing. ${list.rules.enabled} rules watch ${list.rules.series} series.`)
  if (list.unknown.length > 0) terminal.say(`${list.unknown.length} cannot be judged for want of data.`)
  for (const { from, to, why, missed, unjudged } of list.absences) {
    const what = why === 'slept' ? 'This computer slept' : 'Headroom was not running'
    terminal.say(`${what} between ${time(from)} and ${time(to)}: ${unjudged.length} rules could not be judged.`)
    for (const one of missed)
      terminal.say(`  ${one.name} would have fired: ${one.series} on ${one.hostName} from ${time(one.from)}.`)
  }
  if (!list.watching) terminal.say('No Headroom is running on this workspace, so nothing is judged now.')
  return done(list)
}

export const alertsList: Command = {
  words: ['alerts', 'list'],
  usage: 'alerts [list]',
  summary: 'what is firing, what cannot be judged, and what was missed; exit code 0 whatever it says',
  options: {},
  positionals: { min: 0, max: 0 },
  run: listed,
}

/** The same by its shorter name. */
export const alerts: Command = { ...alertsList, words: ['alerts'] }

export const alertsRules: Command = {
  words: ['alerts', 'rules'],
  usage: 'alerts rules',
  summary: "the rules in force: the limits of the plan's present stage, and your own",
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal }) {
    const rules = await core.alerts.rules()
    terminal.table([
      ['ID', 'SEVERITY', 'NAME', 'FIRES WHEN', 'STATE'],
      ...rules.map((rule) => [
        rule.id,
        rule.voice.severity,
        rule.name,
        rule.condition,
        [
          ...(rule.voice.enabled ? [] : ['off']),
          ...(rule.mutedUntil === null ? [] : [`muted until ${time(rule.mutedUntil)}`]),
        ].join(', '),
      ]),
    ])
    return done(rules)
  },
}

export const alertsMute: Command = {
  words: ['alerts', 'mute'],
  usage: 'alerts mute RULE [--for DURATION | --off]',
  summary: 'says nothing of a rule for a time (1h unless told), or ends that; by id or name',
  options: { for: { type: 'string' }, off: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals, values }) {
    const [word = ''] = positionals
    const rules = rulesNamed(await core.alerts.rules(), word)
    const given = text(values, 'for')
    const { now } = await core.app.info()
    const until = values.off === true ? null : now + (given === undefined ? HOUR_MS : parseDuration(given))
    for (const rule of rules) {
      await core.alerts.mute({ ruleId: rule.id, until })
      terminal.say(
        until === null
          ? `${rule.name}, ${rule.voice.severity}, is heard again.`
          : `${rule.name}, ${rule.voice.severity}, is muted until ${time(until)}.`,
      )
    }
    return done({ ruleIds: rules.map(({ id }) => id), until })
  },
}

/** The rule with this id, or all with this name: a limit's warning and critical rules share theirs. */
function rulesNamed(rules: readonly AlertRule[], word: string): AlertRule[] {
  const byId = rules.filter(({ id }) => id === word)
  const found = byId.length > 0 ? byId : rules.filter(({ name }) => name.toLowerCase() === word.toLowerCase())
  if (found.length > 0) return found
  throw new HeadroomError({
    code: 'ALERT_RULE_UNKNOWN',
    fact: `There is no alert rule "${word}".`,
    fix: '`headroom alerts rules` lists them.',
    field: 'rule',
    value: word,
  })
}
