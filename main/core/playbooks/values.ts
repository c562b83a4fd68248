import { HeadroomError } from '../../../shared/model/problem.ts'
import { Secret } from '../../../shared/model/secret.ts'
import { conditionHolds } from '../../../shared/playbook/condition.ts'
import { fillLater, hasLater, laterMark } from '../../../shared/playbook/later.ts'
import { checkParameter, checkParameters, type ParameterValue } from '../../../shared/playbook/parameters.ts'
import { registersOf } from '../../../shared/playbook/parse.ts'
import type { MappedParameter, ParameterFile, Playbook } from '../../../shared/playbook/schema.ts'
import { expandPlain, expandShell, namesIn } from '../../../shared/playbook/template.ts'
import type { Hosts } from '../hosts/index.ts'
import { LaterValues } from './later-values.ts'
import type { Values } from './steps/step.ts'

export interface ResolvedValues extends Values {
  /** What may be stored and shown: secrets read [name], hosts are their ids. */
  shown: Record<string, string>
  /** Secrets to hide; later ones join as they become known. */
  secrets: Secret[]
  readonly later: LaterValues
  /** The same values for a step that runs on this server: `host.name` and later values of that server. */
  forHost(hostId: string): ResolvedValues
  /** Whether the name stands for a secret. */
  isSecret(name: string): boolean
  /** A value for a condition: later ones too once they are known; else their mark. */
  known(name: string): string | undefined
  /** The text with its later values put in. LATER_UNKNOWN, LATER_MANY. */
  now(text: string): string
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
  const checked = checkParameters(playbook.parameters, given)
  const texts = new Map<string, string>()
  const secrets = new Map<string, Secret>()
  const shown: Record<string, string> = {}
  const take = (parameter: ParameterFile, text: string) => {
    if (parameter.type === 'secret') secrets.set(parameter.name, new Secret(parameter.name, text))
    else if (parameter.type === 'host') texts.set(parameter.name, hostIdOf(hosts, text, parameter.name))
    else if (parameter.type === 'hosts') texts.set(parameter.name, hostIdsOf(hosts, text, parameter.name).join(','))
    else texts.set(parameter.name, text)
  }
  for (const parameter of playbook.parameters) {
    const text = checked.get(parameter.name) ?? null
    if (text === null) texts.set(parameter.name, '')
    else {
      take(parameter, text)
      shown[parameter.name] =
        parameter.type === 'secret' ? `[${parameter.name}]` : (texts.get(parameter.name) as string)
    }
  }
  const laterSecrets = new Map<string, boolean>()
  for (const step of playbook.steps)
    for (const [name, secret] of registersOf(step)) laterSecrets.set(`steps.${step.id}.${name}`, secret)
  const base = { texts, secrets, laterSecrets, templates: new Map<string, string>(), later: new LaterValues(), hosts }
  const values = scoped({ ...base, shown, all: [...secrets.values()] }, null)
  for (const parameter of playbook.mapped) takeMapped(parameter, values, base, take)
  return values
}

interface Resolved {
  texts: Map<string, string>
  secrets: Map<string, Secret>
  /** Later values by name; true marks a secret. */
  laterSecrets: ReadonlyMap<string, boolean>
  /** Secret parameters of inlined playbooks whose value turns on a later one. */
  templates: Map<string, string>
  later: LaterValues
  hosts: Pick<Hosts, 'list'>
}

/**
 * A parameter of an inlined playbook: checked as one that is given, where its value is known already and the steps are to
 * run at all.
 */
function takeMapped(
  parameter: MappedParameter,
  values: ResolvedValues,
  { texts, templates, laterSecrets, secrets }: Resolved,
  take: (parameter: ParameterFile, text: string) => void,
): void {
  const { name, template, type } = parameter
  if (parameter.when !== undefined && conditionHolds(parameter.when, (one) => values.known(one)) === false) {
    texts.set(name, '')
    return
  }
  if (type === 'secret') {
    const names = namesIn(template)
    const only = names.length === 1 && template.trim().replace(/^\$\{\{\s*[^\s}]+\s*\}\}$/, '') === ''
    const same = only ? secrets.get(names[0] ?? '') : undefined
    if (same) secrets.set(name, same)
    else if (names.some((one) => laterSecrets.has(one) || templates.has(one))) templates.set(name, template)
    else {
      const secret = values.secret(template)
      if (secret) {
        take(parameter, secret.reveal())
        values.secrets.push(secrets.get(name) as Secret)
      } else texts.set(name, '')
    }
    return
  }
  const text = values.plain(template)
  if (!hasLater(text)) {
    const checked = checkParameter(
      { ...parameter, required: parameter.required ?? parameter.default === undefined },
      text,
    )
    if (checked === null) texts.set(name, '')
    else take(parameter, checked)
  } else if (type === 'host' || type === 'hosts')
    throw new HeadroomError({
      code: 'LATER_TOO_EARLY',
      fact: `${parameter.label} (${name}) is a server, and its value would be known during the run only.`,
      fix: 'Give a server that is known when the playbook is previewed.',
      field: name,
    })
  else texts.set(name, text)
}

function scoped(
  base: Resolved & { shown: Record<string, string>; all: Secret[] },
  hostId: string | null,
): ResolvedValues {
  const { texts, secrets, laterSecrets, templates, later, hosts } = base
  const isSecret = (name: string) => secrets.has(name) || templates.has(name) || laterSecrets.get(name) === true
  const ofHost = (name: string): string | undefined => {
    if (name !== 'host.name' && name !== 'host.address') return undefined
    const host = hosts.list().find(({ id }) => id === hostId)
    return name === 'host.name' ? (host?.name ?? '') : (host?.address ?? '')
  }
  const open = (name: string): string | undefined => {
    if (isSecret(name)) throw inCommand(name)
    if (laterSecrets.has(name)) return laterMark(name)
    return ofHost(name) ?? texts.get(name)
  }
  const now = (text: string) => fillLater(text, (name) => later.text(name, hostId))
  /** Any value as text, secrets too; a later one that is not known yet is empty. */
  const revealed = (name: string): string | undefined => {
    if (laterSecrets.has(name)) return later.has(name) ? later.text(name, hostId) : ''
    const template = templates.get(name)
    if (template !== undefined) return expandPlain(template, revealed)
    const text = secrets.get(name)?.reveal() ?? ofHost(name) ?? texts.get(name)
    return text === undefined || !hasLater(text) ? text : fillLater(text, (one) => revealed(one) ?? '')
  }
  const values: ResolvedValues = {
    shown: base.shown,
    secrets: base.all,
    later,
    forHost: (id) => scoped(base, id),
    isSecret,
    known: (name) => {
      const text = open(name)
      return text !== undefined && hasLater(text) && later.has(name) ? now(text) : text
    },
    now,
    plain: (template) => expandPlain(template, open),
    shell: (template) => expandShell(template, open),
    secret(template) {
      const value = expandPlain(template, revealed)
      const names = namesIn(template).filter(isSecret)
      const comesLater = names.some((name) => laterSecrets.has(name) || templates.has(name))
      if (value === '' && !comesLater) return null
      return new Secret(names.map((name) => secrets.get(name)?.name ?? name).join(' and ') || 'text', value)
    },
    hostId(template) {
      const found = values.hostIds(template)
      if (found.length === 1) return found[0] as string
      throw new HeadroomError({
        code: 'HOSTS_MANY',
        fact: `"${template}" names ${found.length} servers where one is due.`,
        fix: 'Use a parameter of the type host here.',
        field: 'host',
      })
    },
    hostIds: (template) => hostIdsOf(hosts, expandPlain(template, open), 'host'),
  }
  return values
}

const inCommand = (name: string) =>
  new HeadroomError({
    code: 'SECRET_IN_COMMAND',
    fact: `The secret "${name}" would stand in a command, where every user of the server could read it.`,
    fix: 'Give it through stdin or env in the playbook.',
    field: name,
  })

/** The hosts of a list of ids or names with commas between them, each once. */
function hostIdsOf(hosts: Pick<Hosts, 'list'>, text: string, field: string): string[] {
  const whole = hosts.list().find(({ id, name }) => id === text || name === text)
  if (whole) return [whole.id]
  const names = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return [...new Set((names.length === 0 ? [text] : names).map((one) => hostIdOf(hosts, one, field)))]
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
