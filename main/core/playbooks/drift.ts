import type { PreviewCommand } from '../../../shared/model/run.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import { canonical } from './journal.ts'
import type { StepPlan } from './steps/step.ts'

/** What was reviewed under a hash. */
export interface Reviewed {
  source: string
  parameters: Record<string, string>
  plans: readonly StepPlan[]
}

const KEPT = 20

/** The plans of the latest reviews, so that a start whose plan came out otherwise can say what changed. */
export class Reviews {
  readonly #byHash = new Map<string, Reviewed>()

  readonly #latest = new Map<string, string>()

  keep(hash: string, reviewed: Reviewed, playbookId: string): void {
    this.#byHash.delete(hash)
    this.#byHash.set(hash, reviewed)
    this.#latest.set(keyOf(playbookId, reviewed), hash)
    const oldest = this.#byHash.keys().next().value
    if (this.#byHash.size > KEPT && oldest !== undefined) this.#byHash.delete(oldest)
  }

  /** The hash of the latest review of this playbook with the same parameters; null: there was none in this session. */
  latest(playbookId: string, reviewed: Reviewed): string | null {
    const hash = this.#latest.get(keyOf(playbookId, reviewed))
    return hash !== undefined && this.#byHash.has(hash) ? hash : null
  }

  /** Sentences on what is different now; empty where the review is not known any more. */
  drift(hash: string, playbook: Playbook, now: Reviewed, hostName: (id: string) => string): string[] {
    const before = this.#byHash.get(hash)
    if (!before) return []
    if (before.source !== now.source) return ['The playbook itself was changed.']
    const names = [...new Set([...Object.keys(before.parameters), ...Object.keys(now.parameters)])]
    const changed = names.filter((name) => before.parameters[name] !== now.parameters[name])
    if (changed.length > 0) return [`Other parameters were given: ${changed.join(', ')}.`]
    return playbook.steps.flatMap(({ name }, index) => {
      const [was, is] = [before.plans[index], now.plans[index]]
      return was && is ? ofStep(was, is, hostName).map((what) => `${name}: ${what}`) : []
    })
  }
}

const keyOf = (playbookId: string, { parameters, source }: Reviewed): string =>
  canonical({ playbookId, parameters, rehearsal: source.startsWith('# rehearsal\n') })

function ofStep(was: StepPlan, is: StepPlan, hostName: (id: string) => string): string[] {
  const found: string[] = []
  if (was.alreadyDone !== is.alreadyDone)
    found.push(is.alreadyDone ? 'it is done already now.' : 'it is no longer done.')
  if ((was.holds ?? null) !== (is.holds ?? null)) found.push('its condition came out otherwise.')
  for (const host of [...new Set([...was.diffs, ...is.diffs].map(({ hostId }) => hostId))])
    for (const path of new Set(
      [...was.diffs, ...is.diffs].filter((one) => one.hostId === host).map((one) => one.path),
    )) {
      const of = (plan: StepPlan) => plan.diffs.find((one) => one.hostId === host && one.path === path)
      const [before, after] = [of(was), of(is)]
      if (before?.before !== after?.before) found.push(`${path} on ${hostName(host)} was changed there since.`)
      else if (canonical(before ?? null) !== canonical(after ?? null))
        found.push(`${path} on ${hostName(host)} would be written otherwise.`)
    }
  const key = ({ hostId, purpose, text, stdin }: PreviewCommand) => canonical({ hostId, purpose, text, stdin })
  const acting = ({ commands }: StepPlan) => commands.filter(({ purpose }) => purpose !== 'check')
  const [old, fresh] = [new Set(acting(was).map(key)), new Set(acting(is).map(key))]
  const gone = acting(was).filter((one) => !fresh.has(key(one)))
  for (const one of acting(is)) {
    if (old.has(key(one))) continue
    const index = gone.findIndex(({ hostId, purpose }) => hostId === one.hostId && purpose === one.purpose)
    const [before] = index < 0 ? [] : gone.splice(index, 1)
    found.push(before ? otherwise(before, one) : `on ${one.hostName} it would now run: ${shortened(one.text)}`)
  }
  for (const one of gone) found.push(`on ${one.hostName} it would no longer run: ${shortened(one.text)}`)
  if (found.length === 0)
    for (const fact of new Set([...Object.keys(was.facts), ...Object.keys(is.facts)]))
      if (canonical(was.facts[fact] ?? null) !== canonical(is.facts[fact] ?? null))
        found.push(
          `what was found out about ${/^[a-z]/i.test(fact) && !fact.includes('-') ? fact : hostName(fact)} is different now.`,
        )
  return found
}

/** The first line in which two commands of the same purpose differ. */
function otherwise(was: PreviewCommand, is: PreviewCommand): string {
  const lines = ({ text, stdin }: PreviewCommand) => `${text}\n${stdin ?? ''}`.split('\n')
  const [before, after] = [lines(was), lines(is)]
  const at = Math.max(
    0,
    Array.from({ length: Math.max(before.length, after.length) }).findIndex((_, line) => before[line] !== after[line]),
  )
  const told = (line: string | undefined) => (line === undefined ? 'nothing' : `"${shortened(line)}"`)
  return `on ${is.hostName} line ${at + 1} of what it runs was ${told(before[at])} and is now ${told(after[at])}.`
}

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
