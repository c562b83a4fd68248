import { parseDuration } from '../../../shared/format/duration.ts'
import { inTexts, renderCommand } from '../../../shared/format/shell.ts'
import type { Command } from '../../../shared/model/command.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { ansiblePlaybook } from '../../../shared/playbook/export/ansible.ts'
import {
  byHandOf,
  type HandedAction,
  type HandedCommand,
  type HandedHost,
  type HandedStep,
  type Handover,
  type Text,
} from '../../../shared/playbook/export/model.ts'
import { shellScript } from '../../../shared/playbook/export/script.ts'
import type { Playbook, Step } from '../../../shared/playbook/schema.ts'
import { handedAction } from './handover-steps.ts'
import type { ParameterValues } from './interface.ts'
import type { LoadedPlaybook } from './loader.ts'
import { onHost, PARALLEL, type Planned } from './planner.ts'
import type { PlanContext, StepPlan } from './steps/step.ts'
import { type ResolvedValues, resolveValues } from './values.ts'

export interface HandoverInput {
  loaded: LoadedPlaybook & { playbook: Playbook }
  parameters: ParameterValues
  planned: Planned
  values: ResolvedValues
  context: PlanContext
  at: number
}

/**
 * What the preview shows, written down for a person. Throws the first problem of the preview: what cannot be run here
 * is not handed over either.
 */
export function handOver(
  input: HandoverInput,
  format: 'script' | 'ansible',
): { fileName: string; text: string; byHand: string[] } {
  const first = input.planned.preview.problems[0]
  if (first) throw new HeadroomError(first)
  const handover = handoverOf(input)
  const text = format === 'script' ? shellScript(handover) : ansiblePlaybook(handover)
  return {
    fileName: `${handover.playbookId}.${format === 'script' ? 'sh' : 'ansible.yaml'}`,
    text,
    byHand: byHandOf(handover),
  }
}

function handoverOf({ loaded, parameters, planned, values, context, at }: HandoverInput): Handover {
  const { playbook } = loaded
  const marks = new SecretMarks(context.environment.newId().replace(/[^A-Za-z0-9]/g, ''))
  // The same values with a mark in each secret's place: whatever is built from them shows where the secret goes.
  const given = { ...parameters }
  const secrets = playbook.parameters.flatMap(({ name, label, type }) => {
    const value = parameters[name]
    if (type !== 'secret' || value === undefined || value === '') return []
    const lines = String(value).split('\n').length
    given[name] = marks.of(name, lines)
    return [{ name, label, lines }]
  })
  const marked = resolveValues(playbook, given, context.hosts)
  const scope = new Scope(playbook, planned.plans, marks)
  for (const step of playbook.steps) scope.markLater(step, marked)
  const markedContext = { ...context, values: marked }
  const steps = playbook.steps.map((step, index): HandedStep => {
    const plan = planned.plans[index] as StepPlan
    const shown = planned.preview.steps[index]
    return {
      number: index + 1,
      id: step.id,
      name: values.plain(step.name),
      notes: plan.notes,
      irreversible: plan.irreversible,
      alreadyDone: plan.alreadyDone,
      condition:
        step.when === undefined
          ? null
          : {
              holds: plan.holds === false ? 'no' : plan.holds === null ? 'unknown' : 'yes',
              text: step.when.replaceAll(/\$\{\{\s*([^\s}]+)\s*\}\}/g, '$1'),
            },
      parallel: ('parallel' in step ? step.parallel : undefined) ?? PARALLEL,
      actions: shown?.holds === false ? [] : actionsOf(step, plan, markedContext, scope),
    }
  })
  const { preview } = planned
  return {
    title: preview.name,
    playbookId: preview.playbookId,
    summary: playbook.summary,
    downtime: preview.downtime,
    effects: preview.effects,
    irreversible: preview.irreversible,
    at,
    hosts: planned.hostIds.map((id) => handedHost(id, context)),
    secrets,
    steps,
  }
}

/** The step's work, server by server. */
function actionsOf(
  step: Step,
  plan: StepPlan,
  context: PlanContext & { values: ResolvedValues },
  scope: Scope,
): HandedAction[] {
  const parts: [string | null, StepPlan][] = plan.byHost
    ? Object.entries(plan.byHost)
    : [[plan.hostIds.length === 1 ? (plan.hostIds[0] ?? null) : null, plan]]
  return parts.flatMap(([hostId, part]) => {
    const own = hostId === null ? context.values : context.values.forHost(hostId)
    const one = plan.byHost && hostId !== null ? onHost(step, hostId) : step
    return handedAction(
      one,
      part,
      { ...context, values: own },
      {
        command: (on, command) => scope.command(on, command),
        text: (text) => scope.text(text, hostId),
        variable: (name) => scope.variable(step.id, name, hostId),
        seconds: (duration) => parseDuration(duration) / 1000,
        knows: (shown) => scope.known(shown),
      },
    )
  })
}

/** Words that stand for secrets while commands are built, and cannot occur otherwise. */
class SecretMarks {
  readonly #salt: string
  readonly #names = new Map<string, { secret: string; line: number } | { later: string }>()
  constructor(salt: string) {
    this.#salt = `HEADROOM${salt.slice(0, 24)}N`
  }
  of(name: string, lines: number): string {
    return Array.from({ length: lines }, (_, line) => this.#add({ secret: name, line })).join('\n')
  }
  ofLater(name: string): string {
    return this.#add({ later: name })
  }
  #add(what: { secret: string; line: number } | { later: string }): string {
    const mark = `${this.#salt}${this.#names.size}Z`
    this.#names.set(mark, what)
    return mark
  }
  get pattern(): string {
    return `${this.#salt}\\d+Z`
  }
  find(mark: string): { secret: string; line: number } | { later: string } | undefined {
    return this.#names.get(mark)
  }
}

/** A mark of a later value: how it stands, and its name (see later.ts). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: such marks stand between NUL characters
const LATER = /\u0000([pq])([a-z0-9._-]+)\u0000/g

const quotedOnce = (text: string): string => text.replaceAll("'", "'\\''")

/** How often the single quote at the end of a mark has been quoted. */
function timesQuoted(mark: string): number {
  const end = /['\\]*(?=~$)/.exec(mark)?.[0] ?? ''
  let times = 0
  for (let text = "'"; text.length < end.length; text = quotedOnce(text)) times += 1
  return end === '' ? 0 : times
}

/** Which variable holds a later value, and how texts are cut where values stand. */
class Scope {
  readonly #marks: SecretMarks
  /** The servers of each step that leaves values; none: it ran on none or on one only. */
  readonly #hosts = new Map<string, readonly string[]>()
  constructor(playbook: Playbook, plans: readonly StepPlan[], marks: SecretMarks) {
    this.#marks = marks
    playbook.steps.forEach((step, index) => {
      const plan = plans[index]
      this.#hosts.set(step.id, plan?.byHost ? Object.keys(plan.byHost) : [])
    })
  }

  /** Secrets that a step will print get a mark for each server, as if they were known. */
  markLater(step: Step, values: ResolvedValues): void {
    if (!('register' in step)) return
    for (const [name, how] of Object.entries(step.register ?? {})) {
      if (how === 'trim' || how.secret !== true) continue
      const hosts = this.#hosts.get(step.id) ?? []
      for (const hostId of hosts.length === 0 ? [null] : hosts)
        values.later.put(step.id, hostId, { [name]: this.#marks.ofLater(this.variable(step.id, name, hostId)) })
    }
  }

  variable(stepId: string, name: string, hostId: string | null): string {
    const hosts = this.#hosts.get(stepId) ?? []
    const at = hosts.length > 0 && hostId !== null ? hosts.indexOf(hostId) : -1
    return `steps.${stepId}.${name}${at < 0 ? '' : `@${at + 1}`}`
  }

  command(hostId: string, command: Command): HandedCommand {
    const { text, stdin } = renderCommand(
      inTexts(command, (one) => this.#quotable(one, hostId)),
      { reveal: true },
    )
    return { hostId, text: this.text(text, hostId), stdin: stdin === null ? null : this.text(stdin, hostId) }
  }

  /**
   * Marks of later values as words with a single quote in them, so that how often that was quoted shows how often the
   * value has to be.
   */
  #quotable(text: string, hostId: string): string {
    return text.replace(LATER, (_all, place: string, name: string) => {
      const mark = this.#marks.ofLater(this.#variableOf(name, hostId))
      return `~${mark}${place === 'q' ? quotedOnce("'") : "'"}~`
    })
  }

  #variableOf(name: string, hostId: string | null): string {
    const [, stepId = '', value = ''] = /^steps\.(.+)\.([^.]+)$/.exec(name) ?? []
    return this.variable(stepId, value, hostId)
  }

  /** Cut at the marks of secrets and of later values. */
  text(text: string, hostId: string | null): Text {
    const cuts = new RegExp(
      `(~${this.#marks.pattern}['\\\\]+~|${this.#marks.pattern}|${LATER.source.replace(/\(|\)/g, '')})`,
    )
    return text
      .split(cuts)
      .filter((part) => part !== '')
      .map((part) => {
        const found = this.#marks.find(part.replace(/^~|['\\]*~$/g, ''))
        if (found && 'later' in found) return { later: found.later, quoted: timesQuoted(part) }
        if (found) return { ...found, quoted: 0 }
        if (!part.startsWith('\0')) return { text: part }
        return { later: this.#variableOf(part.slice(2, -1), hostId), quoted: 0 }
      })
  }

  /** A shown text with nothing hidden in it. */
  known(shown: string): boolean {
    return !shown.includes('‹')
  }
}

function handedHost(id: string, { hosts }: PlanContext): HandedHost {
  const host = hosts.get(id)
  if (host.kind === 'local') return { id, name: host.name, local: true, ssh: null }
  const configured = host.authKind === 'config'
  const port = host.port ?? 22
  const keys = configured
    ? []
    : hosts.knownKeys().filter((key) => key.address === host.address && (key.port ?? 22) === port)
  const name = port === 22 ? host.address : `[${host.address}]:${port}`
  return {
    id,
    name: host.name,
    local: false,
    ssh: {
      user: configured ? null : host.user,
      address: host.address,
      port: configured ? null : host.port,
      keyPath: host.keyPath,
      knownHosts: [...new Set(keys.map(({ algorithm, keyBase64 }) => `${name} ${algorithm} ${keyBase64}`))],
      configured,
    },
  }
}
