import { stringify } from 'yaml'
import { parseDuration } from '../../format/duration.ts'
import type { Condition } from '../../model/condition.ts'
import type { Plan } from '../../model/plan.ts'
import { measuredPart } from '../../planning/measured-part.ts'
import { expand, type PromqlSource, type PromqlTerms, promDuration, quoted } from '../promql.ts'

/** One rule as it stands in the file; what has no PromQL is named in `left`, with the reason. */
export interface PrometheusRules {
  text: string
  rules: number
  left: string[]
}

interface Rule {
  alert: string
  expr: string
  for: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

interface Terms {
  sources: readonly PromqlSource[]
  host: string
  where: string
}

/** Rates in rules look back over this long: four scrapes of a minute, and room for a missed one. */
const WINDOW = '5m'

/**
 * The rules of the plan's present stage, and its alerts, as a Prometheus rule file. A limit with two thresholds becomes two
 * rules. What only the app knows (drivers, needs) is put in as it is stated when the file is written, and told beside the
 * rule. What is computed or asked of logs cannot be told in PromQL; it is listed as a comment in the file and in `left`.
 */
export function prometheusRules(plan: Plan, terms: Terms): PrometheusRules {
  const stage = plan.stages.find(({ id }) => id === plan.stage) ?? plan.stages[0]
  const left: string[] = []
  const rules: Rule[] = []
  const asStated: string[] = []
  type Origin = 'limit' | 'trigger' | 'alert'
  const add = (
    of: Origin,
    name: string,
    id: string,
    held: string,
    severity: string,
    expr: string | string[],
    note: string,
  ) => {
    if (typeof expr === 'string')
      rules.push({
        alert: alertName(name),
        expr,
        for: promDuration(parseDuration(held)),
        labels: { severity, plan: plan.id, stage: stage?.id ?? '', of, rule: id },
        annotations: { summary: summaryOf(name), ...(note === '' ? {} : { description: escaped(note) }) },
      })
    else left.push(`${name}: ${expr.join('; ')}`)
  }
  for (const limit of stage?.limits ?? []) {
    for (const severity of ['warning', 'critical'] as const) {
      const value = limit[severity]
      if (value === undefined) continue
      const condition: Condition = {
        metric: limit.metric,
        op: limit.op,
        value,
        ...(limit.labels ? { labels: limit.labels } : {}),
      }
      add('limit', limit.name, limit.id, limit.for, severity, exprOf(condition, terms), limit.action)
    }
  }
  for (const trigger of stage?.triggers ?? []) {
    const { expr, note } = measuredExpr(trigger.when, plan, terms)
    const text = [trigger.action ?? '', ...note].filter((one) => one !== '').join(' ')
    add('trigger', trigger.name, trigger.id, trigger.for, 'info', expr, text)
    if (typeof expr === 'string') for (const one of note) asStated.push(`${trigger.name}: ${one}`)
  }
  for (const alert of plan.alerts) {
    if (alert.stage !== undefined && alert.stage !== stage?.id) {
      left.push(`${alert.name}: is of stage ${alert.stage}`)
      continue
    }
    if (alert.language === 'logql') {
      left.push(`${alert.name}: is asked of logs; it is in Loki's rule file`)
      continue
    }
    const own = alert.language === 'promql' ? alert.expr : undefined
    const told = alert.when
      ? measuredExpr(alert.when, plan, terms)
      : { expr: own ?? ['it states no condition'], note: [] }
    const { expr } = told
    // The source's own PromQL stands where our metrics cannot tell the condition.
    add(
      'alert',
      alert.name,
      alert.id,
      alert.for,
      alert.severity,
      typeof expr !== 'string' && own ? own : expr,
      [alert.note ?? '', ...told.note].filter((one) => one !== '').join(' '),
    )
    if (typeof expr === 'string') for (const one of told.note) asStated.push(`${alert.name}: ${one}`)
  }
  const head = [
    `# Rules of the plan "${plan.name}", stage "${stage?.name ?? ''}".`,
    ...asStated.map((reason) => `# As stated when this was written: ${reason.replaceAll('\n', ' ')}`),
    ...left.map((reason) => `# Left out: ${reason.replaceAll('\n', ' ')}`),
    '',
  ].join('\n')
  const own = withoutTwins(rules)
  const groups = [{ name: `headroom-${plan.id}`, rules: own }]
  return { text: `${head}${stringify({ groups }, { lineWidth: 0 })}`, rules: own.length, left }
}

/** PromQL of what a condition comes to with what the plan states today, and what to tell beside it. */
function measuredExpr(condition: Condition, plan: Plan, terms: Terms): { expr: string | string[]; note: string[] } {
  const part = measuredPart(condition, plan)
  if (part.kind === 'settled')
    return {
      expr:
        part.holds === true ? part.why.map((words) => `"${words}" holds as stated, and nothing is measured`) : part.why,
      note: [],
    }
  const held = part.stated.length === 0 ? [] : [`Only while ${part.stated.join(' and ')}, which held as stated.`]
  const aside = part.without.map((reason) => `Without this part: ${reason}.`)
  const expr = exprOf(part.condition, terms)
  return { expr: typeof expr === 'string' ? expr : [...expr, ...aside], note: [...held, ...aside] }
}

/** PromQL that has a series for each subject of which the condition holds; reasons where there is none. */
export function exprOf(condition: Condition, terms: Terms): string | string[] {
  if ('metric' in condition) return metricExpr(condition, terms)
  if ('all' in condition || 'any' in condition) {
    const parts = ('all' in condition ? condition.all : condition.any).map((part) => exprOf(part, terms))
    const missing = parts.flatMap((part) => (typeof part === 'string' ? [] : part))
    if (missing.length > 0) return [...new Set(missing)]
    // Parts tell of different subjects (a disk, a host, a database); what they have in common is that something holds.
    const texts = (parts as string[]).map((part) => `(${part})`)
    if ('any' in condition) return texts.join(' or ')
    return texts.join(' and on () ')
  }
  if ('driver' in condition) return [`"${condition.driver}" is a driver, which only Headroom knows`]
  if ('need' in condition) return [`"${condition.need}" is a stated need, which only Headroom knows`]
  return [`${condition.derived} is computed from the plan`]
}

function metricExpr(
  { metric, labels, op, value, across }: Extract<Condition, { metric: string }>,
  { sources, host, where }: Terms,
): string | string[] {
  const source = sources.find((one) => one.metric === metric)
  if (!source) return [`${metric} has no PromQL expression`]
  const matchers = Object.entries(labels ?? {}).flatMap(([ours, wanted]) => {
    const theirs = source.labels[ours]
    return theirs === undefined ? [] : [`${theirs}=${quoted(wanted)}`]
  })
  const terms: PromqlTerms = { host, where: [where, ...matchers].filter((one) => one !== '').join(','), window: WINDOW }
  const expr = `(${expand(source.expr, terms)})`
  if (across !== 'all') return `${expr} ${op} ${value}`
  // Every one is above when the least is; every one is below when the greatest is.
  return `${op.startsWith('>') ? 'min' : 'max'}(${expr}) ${op} ${value}`
}

/** Prometheus takes any text, but tools that handle alerts expect a name in one word. */
function alertName(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? ['Rule']
  const joined = words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
  const ascii = joined.normalize('NFKD').replaceAll(/[^A-Za-z0-9_]/g, '')
  return /^[A-Za-z]/.test(ascii) ? ascii : `Rule${ascii}`
}

/** A template's braces in a plan's words would be evaluated by Prometheus. */
function escaped(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}')
}

function summaryOf(name: string): string {
  return `${escaped(name)}{{ if $labels.instance }} on {{ $labels.instance }}{{ end }}: {{ $value }}`
}

/** Prometheus refuses two rules of the same name and labels. */
function withoutTwins(rules: readonly Rule[]): Rule[] {
  const seen = new Set<string>()
  return rules.filter(({ alert, labels }) => {
    const key = JSON.stringify([alert, labels])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
