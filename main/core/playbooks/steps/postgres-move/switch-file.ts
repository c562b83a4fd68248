import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { editComposeEnvironment } from '../../../../../shared/playbook/compose-environment.ts'
import { composeValues } from '../../../../../shared/playbook/compose-values.ts'
import { movedUrl, shownUrl } from '../../../../../shared/playbook/database-url.ts'
import { editEnvFile, readEnvFile } from '../../../../../shared/playbook/env-file.ts'
import { hideSecretValues } from '../../../../../shared/playbook/secret-lines.ts'
import type { FileChange } from '../files/index.ts'
import type { PlanContext } from '../step.ts'
import type { Switch } from './switch.ts'

/** The change of the file with the URL on one server of the application. */
export const switchFile = (one: Switch, hostId: string): FileChange => ({
  ...{ hostId, path: one.file, sudo: one.sudo },
  ...{ mode: null, owner: null, folders: false, newMode: '0600' },
  content: (before, context) => content(one, hostId, before, context),
})

/** @throws FILE_MISSING, CUTOVER_KEY_MISSING, CUTOVER_VALUE_INVALID, and what the editing of a Compose file refuses */
function content(one: Switch, hostId: string, before: Buffer | null, context: PlanContext) {
  const { file, key, url } = one
  const where = `${file} on ${context.hostName(hostId)}`
  if (before === null)
    throw new HeadroomError({
      code: 'FILE_MISSING',
      fact: `There is no file ${where}, or it is larger than a file of settings is.`,
      fix: 'Correct the path.',
      field: 'cutover.file',
      value: file,
    })
  const text = before.toString('utf8')
  const compose = /\.ya?ml$/.test(file)
  const found = compose
    ? composeValues(text, key)
    : [...readEnvFile(text)].map(([service, value]) => ({ service, value }))
  const wanted = found.filter(({ service }) =>
    compose ? one.service === null || service === one.service : service === key,
  )
  if (wanted.length === 0)
    throw new HeadroomError({
      code: 'CUTOVER_KEY_MISSING',
      fact: compose
        ? `${where} has no value for ${key} in the environment of ${one.service === null ? 'any service' : `the service "${one.service}"`}.`
        : `${where} has no value for ${key}.`,
      fix: compose
        ? 'Correct the file, the service or the name of the variable. An environment that is an anchor of another place is not edited; name the env file instead where there is one (env_file).'
        : 'Correct the file or the name of the variable.',
      field: 'cutover.key',
      value: key,
    })
  const olds = new Set(wanted.map(({ value }) => value))
  if (olds.size > 1)
    throw new HeadroomError({
      code: 'CUTOVER_VALUE_INVALID',
      fact: `${key} in ${where} is not the same for ${wanted.map(({ service }) => service).join(' and ')}.`,
      fix: 'Name the service that uses the database that moves (service).',
      field: 'cutover.service',
    })
  const [old = ''] = olds
  const fresh = url?.reveal() ?? movedUrl(old, one)
  if (fresh === null)
    throw new HeadroomError({
      code: 'CUTOVER_VALUE_INVALID',
      fact: `${key} in ${where} is no postgres:// URL of one server, so the address in it cannot be replaced.`,
      fix: 'Name the file and the variable that hold the URL itself, or give the new URL.',
      field: 'cutover.url',
    })
  const edited = compose
    ? wanted.reduce((now, { service }) => editComposeEnvironment(now, service, new Map([[key, fresh]])), text)
    : editEnvFile(text, new Map([[key, fresh]]))
  const shown = (all: string) => {
    let now = all
    for (const [value, as] of [
      [fresh, url === null ? shownUrl(fresh) : `‹${url.name}›`],
      [old, shownUrl(old)],
    ] as const)
      if (value !== '') now = now.includes(value) ? now.replaceAll(value, as) : now
    return hideSecretValues(now)
  }
  return { bytes: Buffer.from(edited), shown: shown(edited), shownBefore: shown(text) }
}
