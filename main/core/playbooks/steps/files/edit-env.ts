import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { editComposeEnvironment } from '../../../../../shared/playbook/compose-environment.ts'
import { editEnvFile, type Settings } from '../../../../../shared/playbook/env-file.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { hideSecretValues, looksSecret } from '../../../../../shared/playbook/secret-lines.ts'
import type { PlanContext, RunContext } from '../step.ts'
import type { Content, FileChange } from './change.ts'
import { DIFF_BYTES } from './commands.ts'
import { fileHandler, placeOf } from './handler.ts'
import { expand, isOn, textOf, type Value } from './texts.ts'

/** Sets and removes settings of an env file, or of a service in a Compose file. */
export const editEnv = fileHandler<'edit-env'>(changeOf)

function changeOf(step: StepOf<'edit-env'>, context: PlanContext): FileChange {
  const place = placeOf(step, context)
  const create = isOn(step.create, context)
  const format = step.format ?? (/\.ya?ml$/.test(place.path) ? 'compose' : 'env')
  const service = step.service === undefined ? null : context.values.plain(step.service)
  if (format === 'compose' && service === null)
    throw new HeadroomError({
      code: 'PARAMETER_MISSING',
      fact: `${place.path} is a Compose file, and the step names no service.`,
      fix: 'Name the service whose environment is edited.',
      field: 'service',
    })
  if (Object.keys(step.set).length + step.remove.length === 0)
    throw new HeadroomError({
      code: 'PARAMETER_MISSING',
      fact: 'The step neither sets nor removes a setting.',
      fix: 'Give set or remove.',
      field: 'set',
    })
  const secret = Object.entries(step.set).some(([name, value]) => looksSecret(name) || expand(value, context).secret)
  return {
    ...place,
    newMode: secret ? '0600' : '0644',
    content(before, now) {
      if (before === null && (!create || format === 'compose'))
        throw new HeadroomError({
          code: 'FILE_MISSING',
          fact: `There is no file ${place.path} on ${context.hostName(place.hostId)}, or it is larger than ${DIFF_BYTES} bytes.`,
          fix:
            format === 'compose'
              ? 'Deploy the Compose file first.'
              : 'Correct the path, or set create: true to make it.',
          field: 'path',
          value: place.path,
        })
      return edited(before, settingsOf(step, now), { format, service, path: place.path })
    },
  }
}

function settingsOf(step: StepOf<'edit-env'>, context: PlanContext | RunContext): Map<string, Value | null> {
  const settings = new Map<string, Value | null>()
  for (const [name, value] of Object.entries(step.set)) settings.set(name, expand(value, context))
  for (const name of step.remove) settings.set(context.values.plain(name), null)
  return settings
}

/** The file with its settings, and both versions as they may be shown. A setting that a secret goes into hides its old value too. */
function edited(
  before: Buffer | null,
  settings: ReadonlyMap<string, Value | null>,
  { format, service, path }: { format: 'env' | 'compose'; service: string | null; path: string },
): Content {
  const old = before === null ? '' : textOf(before)
  if (old === null)
    throw new HeadroomError({
      code: 'FILE_NOT_TEXT',
      fact: `${path} is not text in UTF-8.`,
      fix: 'Name a text file.',
      field: 'path',
      value: path,
    })
  const edit = (text: string, values: Settings): string =>
    format === 'env' ? editEnvFile(text, values) : editComposeEnvironment(text, service ?? '', values)
  const pick = (of: (value: Value) => string): Settings =>
    new Map([...settings].map(([name, value]) => [name, value === null ? null : of(value)]))
  const hidden = new Set([...settings].flatMap(([name, value]) => (value?.secret ? [name] : [])))
  const real = edit(
    old,
    pick((value) => value.real),
  )
  return {
    bytes: Buffer.from(real),
    shown: hideSecretValues(real, hidden),
    shownBefore: before === null ? null : hideSecretValues(old, hidden),
    later: [...settings.values()].some((value) => value?.later === true),
  }
}
