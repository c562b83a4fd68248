import { HeadroomError } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import { checkParameters, type ParameterValue } from '../../../shared/playbook/parameters.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'
import { expandPlain, expandShell, namesIn } from '../../../shared/playbook/template.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Values } from './steps/step.ts'

export interface ResolvedValues extends Values {
  /** What may be stored and shown: secrets read [name], hosts are their ids. */
  shown: Record<string, string>
  secrets: Secret[]
}

/**
 * Checks every parameter before anything connects.
 * @throws PARAMETER_UNKNOWN, PARAMETER_MISSING, PARAMETER_INVALID, HOST_NOT_FOUND; each names the field
 */
export function resolveValues(
  playbook: Playbook,
  given: Readonly<Record<string, ParameterValue>>,
  hosts: Pick<Hosts, 'list'>,
): ResolvedValues {
  const texts = checkParameters(playbook.parameters, given)
  const secrets = new Map<string, Secret>()
  const shown: Record<string, string> = {}
  for (const parameter of playbook.parameters) {
    const text = texts.get(parameter.name) ?? null
    if (text === null) continue
    if (parameter.type === 'secret') secrets.set(parameter.name, new Secret(parameter.name, text))
    if (parameter.type === 'host') texts.set(parameter.name, hostIdOf(hosts, text, parameter.name))
    shown[parameter.name] = parameter.type === 'secret' ? `[${parameter.name}]` : (texts.get(parameter.name) ?? '')
  }
  const known = new Set(playbook.parameters.map(({ name }) => name))
  const open = (name: string): string | undefined => {
    if (!known.has(name)) return undefined
    if (!secrets.has(name)) return texts.get(name) ?? ''
    throw new HeadroomError({
      code: 'SECRET_IN_COMMAND',
      fact: `The secret "${name}" would stand in a command, where every user of the server could read it.`,
      fix: 'Give it through stdin or env in the playbook.',
      field: name,
    })
  }
  return {
    shown,
    secrets: [...secrets.values()],
    plain: (template) => expandPlain(template, open),
    shell: (template) => expandShell(template, open),
    secret(template) {
      const value = expandPlain(template, (name) => (known.has(name) ? (texts.get(name) ?? '') : undefined))
      if (value === '') return null
      const names = namesIn(template).filter((name) => secrets.has(name))
      return new Secret(names.join(' and ') || 'text', value)
    },
    hostId: (template) => hostIdOf(hosts, expandPlain(template, open), 'host'),
  }
}

/** The host of that id or name. */
function hostIdOf(hosts: Pick<Hosts, 'list'>, text: string, field: string): string {
  const all = hosts.list()
  const found = all.find(({ id }) => id === text) ?? all.find(({ name }) => name === text)
  if (found) return found.id
  throw new HeadroomError({
    code: 'HOST_NOT_FOUND',
    fact: `There is no server "${text}".`,
    fix: all.length > 0 ? `The servers are ${all.map(({ name }) => name).join(', ')}.` : 'Add the server first.',
    field,
    value: text,
  })
}
