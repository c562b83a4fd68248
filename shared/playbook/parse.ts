import type { Finding, PathStep } from '../format/schema-findings.ts'
import { parseYamlDocument } from '../format/yaml-document.ts'
import { HeadroomError } from '../model/problem.ts'
import type { Parameter } from '../model/run.ts'
import { checkParameter } from './parameters.ts'
import { type ParameterFile, type Playbook, PlaybookSchema, type Step } from './schema.ts'
import { checkShell, hasRaw, piecesOf } from './template.ts'

/**
 * Reads a playbook's YAML and checks what a schema cannot say: names used exist, ids are unique, defaults fit their
 * type, secrets stand only where no process list shows them, and every insertion can be quoted where it stands.
 * @throws HeadroomError YAML_INVALID with "file:line:column path: message" in `details`
 */
export function parsePlaybook(text: string, fileName: string): Playbook {
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

function findingsOf(playbook: Playbook): Finding[] {
  const findings: Finding[] = []
  const secrets = new Set(playbook.parameters.filter(({ type }) => type === 'secret').map(({ name }) => name))
  const known = new Set(playbook.parameters.map(({ name }) => name))
  repeated(playbook.parameters.map(({ name }) => name)).forEach((index) => {
    findings.push({ path: ['parameters', index, 'name'], message: 'is the name of an earlier parameter' })
  })
  repeated(playbook.steps.map(({ id }) => id)).forEach((index) => {
    findings.push({ path: ['steps', index, 'id'], message: 'is the id of an earlier step' })
  })
  playbook.parameters.forEach((parameter, index) => {
    const path = ['parameters', index] as const
    if ((parameter.type === 'choice') !== (parameter.choices !== undefined)) {
      findings.push({ path, message: 'a choice needs choices, and only a choice has them' })
    } else if (parameter.type === 'secret' && parameter.default !== undefined) {
      findings.push({ path: [...path, 'default'], message: 'a secret has no default: it would stand in the file' })
    } else if (parameter.default !== undefined && parameter.type !== 'host') {
      attempt(() => checkParameter(parameter, parameter.default), [...path, 'default'])
    }
    if (parameter.pattern !== undefined) {
      try {
        new RegExp(parameter.pattern, 'u')
      } catch {
        findings.push({ path: [...path, 'pattern'], message: 'is not a regular expression' })
      }
    }
  })
  playbook.steps.forEach((step, index) => {
    for (const place of textsOf(step)) {
      const path = ['steps', index, ...place.path]
      attempt(() => {
        for (const piece of piecesOf(place.text)) {
          if (!('name' in piece)) continue
          if (!known.has(piece.name)) findings.push({ path, message: `there is no parameter "${piece.name}"` })
          if (secrets.has(piece.name) && !place.secretsAllowed) {
            findings.push({
              path,
              message: `the secret "${piece.name}" would show in the process list; give it through stdin or env`,
            })
          }
        }
        if (place.shell) checkShell(place.text)
      }, path)
    }
  })
  return findings

  function attempt(action: () => void, path: readonly PathStep[]) {
    try {
      action()
    } catch (error) {
      if (!(error instanceof HeadroomError)) throw error
      findings.push({ path, message: `${error.problem.fact} ${error.problem.fix}` })
    }
  }
}

function repeated(names: string[]): number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []))
}

interface TextPlace {
  path: PathStep[]
  text: string
  /** The text is shell, run by `sh -c`. */
  shell: boolean
  secretsAllowed: boolean
}

/** Every text of a step that is expanded, with what may stand in it. */
export function textsOf(step: Step): TextPlace[] {
  const places: TextPlace[] = []
  const walk = (value: unknown, path: PathStep[]) => {
    if (typeof value === 'string') {
      const field = path[0]
      const commandLike = field === 'command' || field === 'check' || field === 'verify' || field === 'undo'
      const shell = step.kind === 'run' && commandLike && path.length === 1
      const secretsAllowed =
        (step.kind === 'run' && (field === 'stdin' || field === 'env')) ||
        (step.kind === 'postgres-move' && path[1] === 'password')
      places.push({ path, text: value, shell, secretsAllowed })
    } else if (Array.isArray(value)) value.forEach((item, index) => void walk(item, [...path, index]))
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key])
    }
  }
  for (const [key, value] of Object.entries(step)) if (key !== 'id' && key !== 'kind') walk(value, [key])
  return places
}

/** Whether any text of the step inserts a value unquoted. */
export function stepHasRaw(step: Step): boolean {
  return textsOf(step).some(({ text }) => hasRaw(text))
}
