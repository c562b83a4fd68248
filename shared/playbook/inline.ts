import { HeadroomError } from '../model/problem.ts'
import { registersOf } from './parse.ts'
import { textsOf } from './places.ts'
import type { FileStep, MappedParameter, ParameterFile, Playbook, PlaybookFile, PlayStep, Step } from './schema.ts'
import { namesIn, renamed } from './template.ts'

const MOST_STEPS = 500

/**
 * Puts the steps of other playbooks in the place of `play` steps. Ids get the id of the `play` step and a dot before
 * them, so do parameters; a parameter's value is the text of `with`.
 * @param find another playbook by its id; throws where there is none
 * @throws HeadroomError PLAY_CYCLE with its path, PLAY_PARAMETER, PLAY_VALUE, PLAY_TOO_LONG, and what `find` throws
 */
export function inlined(file: PlaybookFile, find: (id: string) => PlaybookFile): Playbook {
  const playbook = inline(file, find, [file.id])
  checkNames(playbook)
  return playbook
}

function inline(file: PlaybookFile, find: (id: string) => PlaybookFile, path: readonly string[]): Playbook {
  const steps: Step[] = []
  const mapped: MappedParameter[] = []
  const irreversible = [...file.irreversible]
  const effects = [...file.effects]
  for (const step of file.steps) {
    if (step.kind !== 'play') {
      steps.push(step)
      continue
    }
    if (path.includes(step.playbook))
      throw new HeadroomError({
        code: 'PLAY_CYCLE',
        fact: `The playbooks play each other in a circle: ${[...path, step.playbook].join(' → ')}.`,
        fix: `Take the step "${step.id}" out of ${path.at(-1)}, or one of the others.`,
        field: step.id,
        value: step.playbook,
      })
    const inner = inline(find(step.playbook), find, [...path, step.playbook])
    checkParameters(step, inner)
    mapped.push(...mappedOf(step, inner))
    steps.push(...inner.steps.map((one) => placed(one, step)))
    irreversible.push(...inner.irreversible.filter((line) => !irreversible.includes(line)))
    effects.push(...inner.effects.filter((line) => !effects.includes(line)))
    if (steps.length > MOST_STEPS)
      throw new HeadroomError({
        code: 'PLAY_TOO_LONG',
        fact: `With the playbooks it plays, ${file.id} has more than ${MOST_STEPS} steps.`,
        fix: 'Split it into playbooks that are run one after the other.',
        field: step.id,
      })
  }
  return { ...file, irreversible, effects, steps, mapped }
}

function checkParameters(step: PlayStep, inner: Playbook): void {
  const known = inner.parameters.map(({ name }) => name)
  for (const name of Object.keys(step.with))
    if (!known.includes(name))
      throw new HeadroomError({
        code: 'PLAY_PARAMETER',
        fact: `The step "${step.id}" gives "${name}", but the playbook "${step.playbook}" has no such parameter.`,
        fix: known.length > 0 ? `Its parameters are ${known.join(', ')}.` : 'It takes no parameters.',
        field: `with.${name}`,
      })
  for (const { name, label, required, default: standard } of inner.parameters)
    if (step.with[name] === undefined && (required ?? standard === undefined))
      throw new HeadroomError({
        code: 'PLAY_PARAMETER',
        fact: `The step "${step.id}" does not give ${label} (${name}), which the playbook "${step.playbook}" needs.`,
        fix: `Add "${name}" under "with" of that step.`,
        field: `with.${name}`,
      })
}

const within = (prefix: string) => (name: string) =>
  name.startsWith('host.')
    ? name
    : name.startsWith('steps.')
      ? `steps.${prefix}.${name.slice('steps.'.length)}`
      : `${prefix}.${name}`

function mappedOf(step: PlayStep, inner: Playbook): MappedParameter[] {
  const own = inner.parameters.map((parameter: ParameterFile): MappedParameter => {
    const given = step.with[parameter.name] ?? parameter.default ?? ''
    return { ...parameter, name: `${step.id}.${parameter.name}`, template: String(given), ...conditionOf(step.when) }
  })
  const deeper = inner.mapped.map((parameter) => ({
    ...parameter,
    name: `${step.id}.${parameter.name}`,
    template: renamed(parameter.template, within(step.id)),
    ...conditionOf(step.when, parameter.when === undefined ? undefined : renamed(parameter.when, within(step.id))),
  }))
  return [...own, ...deeper]
}

/** Both conditions in one, where there are any. */
function conditionOf(outer?: string, inner?: string): { when?: string } {
  const both = [outer, inner].filter((one) => one !== undefined)
  if (both.length === 0) return {}
  return { when: both.length === 1 ? both[0] : both.map((one) => `(${one})`).join(' and ') }
}

/** A step of an inlined playbook under the names it has from outside. It runs only if the step that plays it would. */
function placed(step: Step, play: PlayStep): Step {
  const rename = within(play.id)
  const copy = structuredClone(step) as Record<string, unknown>
  for (const { path, text } of textsOf(step)) {
    let at: Record<string | number, unknown> = copy
    for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
    at[path.at(-1) as string | number] = renamed(text, rename)
  }
  const condition = conditionOf(play.when, step.when === undefined ? undefined : renamed(step.when, rename))
  return {
    ...(copy as unknown as Step),
    id: `${play.id}.${step.id}`,
    name: `${play.name}: ${(copy as unknown as Step).name}`,
    ...condition,
    ...((play.optional === true || step.optional === true) && { optional: true }),
  }
}

/** Later values across inlined playbooks, which no single file shows: that they are there, and that secrets stay secret. */
function checkNames({ steps, mapped, parameters }: Playbook): void {
  const left = new Map<string, boolean>()
  const types = new Map([...parameters, ...mapped].map(({ name, type }) => [name, type]))
  const secretIn = (text: string) =>
    namesIn(text).some((name) => types.get(name) === 'secret' || left.get(name) === true)
  for (const step of steps) {
    for (const { text, path } of textsOf(step as FileStep))
      for (const name of namesIn(text))
        if (name.startsWith('steps.') && !left.has(name)) throw missing(step.id, path.join('.'), name, left)
    for (const [name, secret] of registersOf(step as FileStep)) left.set(`steps.${step.id}.${name}`, secret)
  }
  for (const { name, type, template } of mapped) {
    for (const used of namesIn(template))
      if (used.startsWith('steps.') && !left.has(used)) throw missing(name.split('.')[0] ?? '', `with`, used, left)
    if (type !== 'secret' && secretIn(template))
      throw new HeadroomError({
        code: 'PLAY_VALUE',
        fact: `A secret is given for "${name}", which is of the type ${type} and would be shown.`,
        fix: 'Give it to a parameter of the type secret.',
        field: `with.${name}`,
      })
  }
}

const missing = (step: string, field: string, name: string, left: ReadonlyMap<string, boolean>) =>
  new HeadroomError({
    code: 'PLAY_VALUE',
    fact: `The step "${step}" uses "${name}" in ${field}, but no step before it leaves that value.`,
    fix: left.size > 0 ? `There are ${[...left.keys()].join(', ')}.` : 'No step before it leaves any.',
    field,
    value: name,
  })
