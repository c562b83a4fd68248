import type { Finding, PathStep } from '../format/schema-findings.ts'
import { parseYamlDocument } from '../format/yaml-document.ts'
import { HeadroomError } from '../model/problem.ts'
import type { Parameter } from '../model/run.ts'
import { checkCondition } from './condition.ts'
import { checkParameter } from './parameters.ts'
import { textsOf } from './places.ts'
import { checkRegistered } from './register.ts'
import { type FileStep, KIND_REGISTERS, type ParameterFile, type PlaybookFile, PlaybookSchema } from './schema.ts'
import { checkShell, namesIn, piecesOf } from './template.ts'

/**
 * Reads a playbook's YAML and checks what a schema cannot say: names used exist, ids are unique, defaults fit their
 * type, secrets stand only where no process list shows them, later values only where they are known in time, and every
 * insertion can be quoted where it stands.
 * @throws HeadroomError YAML_INVALID with "file:line:column path: message" in `details`
 */
export function parsePlaybook(text: string, fileName: string): PlaybookFile {
  return parseYamlDocument(text, fileName, PlaybookSchema, findingsOf)
}

/** A parameter as views show it. */
export function parameterOf(file: ParameterFile): Parameter {
  return {
    name: file.name,
    label: file.label,
    type: file.type,
    required: file.required ?? file.default === undefined,
    default: file.default ?? null,
    choices: file.choices ?? null,
    help: file.help ?? null,
  }
}

/** The later values a step leaves, by name; true marks a secret. */
export function registersOf(step: FileStep): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  if (step.kind !== 'play')
    for (const [name, secret] of Object.entries(KIND_REGISTERS[step.kind] ?? {})) found.set(name, secret)
  if ('register' in step)
    for (const [name, how] of Object.entries(step.register ?? {}))
      found.set(name, how !== 'trim' && how.secret === true)
  return found
}

function findingsOf(playbook: PlaybookFile): Finding[] {
  const findings: Finding[] = []
  repeated(playbook.parameters.map(({ name }) => name)).forEach((index) => {
    findings.push({ path: ['parameters', index, 'name'], message: 'is the name of an earlier parameter' })
  })
  repeated(playbook.steps.map(({ id }) => id)).forEach((index) => {
    findings.push({ path: ['steps', index, 'id'], message: 'is the id of an earlier step' })
  })
  playbook.parameters.forEach((parameter, index) => void findings.push(...ofParameter(parameter, index)))
  playbook.steps.forEach((step, index) => void findings.push(...ofStep(step, index, playbook)))
  return findings
}

function ofParameter(parameter: ParameterFile, index: number): Finding[] {
  const path = ['parameters', index] as const
  const findings: Finding[] = []
  if ((parameter.type === 'choice') !== (parameter.choices !== undefined)) {
    findings.push({ path, message: 'a choice needs choices, and only a choice has them' })
  } else if (parameter.type === 'secret' && parameter.default !== undefined) {
    findings.push({ path: [...path, 'default'], message: 'a secret has no default: it would stand in the file' })
  } else if (parameter.default !== undefined && parameter.type !== 'host' && parameter.type !== 'hosts') {
    attempt(findings, [...path, 'default'], () => checkParameter(parameter, parameter.default))
  }
  if (parameter.pattern !== undefined) {
    try {
      new RegExp(parameter.pattern, 'u')
    } catch {
      findings.push({ path: [...path, 'pattern'], message: 'is not a regular expression' })
    }
  }
  return findings
}

function ofStep(step: FileStep, index: number, playbook: PlaybookFile): Finding[] {
  const findings: Finding[] = []
  const at = (...path: PathStep[]): PathStep[] => ['steps', index, ...path]
  const names = nameChecks(playbook, index)
  for (const { path, text, shell, secretsAllowed, laterAllowed } of textsOf(step)) {
    attempt(findings, at(...path), () => {
      for (const piece of piecesOf(text)) {
        if (!('name' in piece)) continue
        const { fault, secret, later } = names(piece.name, 'host' in step || 'hosts' in step)
        const say = (message: string) => findings.push({ path: at(...path), message })
        if (fault !== null) say(fault)
        else if (later && !laterAllowed)
          say(`"${piece.name}" is known only when its step has run, and here it is needed for the preview`)
        else if (secret && !secretsAllowed)
          say(`the secret "${piece.name}" would show in the process list; give it through stdin or env`)
      }
      if (shell) checkShell(text)
    })
  }
  const { when } = step
  if (when !== undefined)
    attempt(findings, at('when'), () => {
      checkCondition(when)
      for (const name of namesIn(when)) {
        const { fault, secret } = names(name, false)
        if (fault !== null) findings.push({ path: at('when'), message: fault })
        else if (secret) findings.push({ path: at('when'), message: `"${name}" is a secret: conditions are shown` })
      }
    })
  if ('register' in step)
    for (const [name, how] of Object.entries(step.register ?? {}))
      attempt(findings, at('register', name), () => void checkRegistered(how))
  findings.push(...ofKind(step).map((message) => ({ path: at(), message })))
  return findings
}

/** What the fields of one kind must agree on. */
function ofKind(step: FileStep): string[] {
  if (step.kind === 'wait-for') {
    const found = (['port', 'command', 'url', 'unit'] as const).filter((field) => step[field] !== undefined)
    if (found.length !== 1)
      return [`give exactly one of port, command, url and unit (given: ${found.join(', ') || 'none'})`]
    if (step.host === undefined && step.url === undefined) return [`${found[0]} needs a host to ask`]
  }
  if (step.kind === 'metric-check' && step.below === undefined && step.above === undefined)
    return ['give below or above, or both']
  return []
}

/** What is to be said about a name that the step at this index uses. */
function nameChecks(playbook: PlaybookFile, index: number) {
  const parameters = new Map(playbook.parameters.map(({ name, type }) => [name, type]))
  const earlier = new Map(playbook.steps.slice(0, index).map((one) => [one.id, one]))
  return (name: string, onHost: boolean): { fault: string | null; secret: boolean; later: boolean } => {
    const say = (fault: string | null, secret = false, later = false) => ({ fault, secret, later })
    if (name === 'host.name' || name === 'host.address')
      return say(onHost ? null : `"${name}" has a meaning only in a step that runs on a server`)
    if (!name.startsWith('steps.')) {
      const type = parameters.get(name)
      return type === undefined ? say(`there is no parameter "${name}"`) : say(null, type === 'secret')
    }
    const [id = '', ...rest] = name.slice('steps.'.length).split('.')
    const step = earlier.get(id)
    if (step === undefined) {
      const later = playbook.steps.some((one) => one.id === id)
      return say(later ? `the step "${id}" comes no earlier than this one` : `there is no step "${id}" before this one`)
    }
    // What an inlined playbook leaves is checked once it is inlined.
    if (step.kind === 'play') return say(null, false, true)
    const secret = registersOf(step).get(rest.join('.'))
    if (secret !== undefined) return say(null, secret, true)
    const known = [...registersOf(step).keys()]
    return say(
      `the step "${id}" leaves no value "${rest.join('.')}"; ${known.length > 0 ? `it leaves ${known.join(', ')}` : 'it leaves none'}`,
    )
  }
}

function repeated(names: string[]): number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []))
}

function attempt(findings: Finding[], path: readonly PathStep[], action: () => void) {
  try {
    action()
  } catch (error) {
    if (!(error instanceof HeadroomError)) throw error
    findings.push({ path, message: `${error.problem.fact} ${error.problem.fix}` })
  }
}
