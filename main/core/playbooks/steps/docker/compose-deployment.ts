import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { Secret } from '../../../../../shared/model/secret.ts'
import { editEnvFile } from '../../../../../shared/playbook/env-file.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { hideSecretValues } from '../../../../../shared/playbook/secret-lines.ts'
import type { FileChange } from '../files/index.ts'
import { checkPath } from '../files/state.ts'
import { isOn, shownText, textOf } from '../files/texts.ts'
import type { PlanContext } from '../step.ts'
import type { Project } from './compose-program.ts'
import { envOf, sourceOf } from './deploy-source.ts'
import { engineOf, timeoutOf } from './engine.ts'

/** What a step deploys, and where. */
export interface Deployment extends Project {
  host: string
  text: string
  env: Record<string, string | Secret>
  pull: 'missing' | 'always' | 'never'
  removeOrphans: boolean
  settleMs: number
}

export function deploymentOf(step: StepOf<'compose-deploy'>, context: PlanContext): Deployment {
  const { values } = context
  const engine = engineOf(step, context)
  const folder = checkPath(values.plain(step.folder), 'folder')
  const file = values.plain(step.file)
  const stated = values.plain(step.project ?? '')
  const name = stated === '' ? (folder.split('/').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9_-]/g, '') : stated
  const pull = values.plain(step.pull)
  const refuse = (field: string, value: string, fix: string) =>
    new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `"${value}" cannot be the ${field} of a Compose project.`,
      fix,
      field,
      value,
    })
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name))
    throw refuse('project', name, 'Use lower-case letters, digits, hyphens and underscores.')
  if (file.includes('/') || file === '' || file.startsWith('-'))
    throw refuse('file', file, 'Write the name of the file alone, such as compose.yaml.')
  if (pull !== 'missing' && pull !== 'always' && pull !== 'never')
    throw refuse('pull', pull, 'Write missing, always or never.')
  return {
    ...{ engine, name, folder, pull },
    path: checkPath(`${folder}/${file}`, 'file'),
    host: context.hostName(engine.hostId),
    text: sourceOf(step, context),
    env: envOf(step, context),
    removeOrphans: isOn(step.remove_orphans, context),
    settleMs: timeoutOf(step.settle, context),
  }
}

/** The files of a deployment: its Compose file, and the env file beside it where values are given. */
export function changesOf(one: Deployment): Record<string, FileChange> {
  const { hostId, sudo } = one.engine
  const place = { hostId, sudo, owner: null, folders: true }
  const composeFile: FileChange = {
    ...place,
    path: one.path,
    mode: null,
    newMode: '0644',
    content(before) {
      const old = before === null ? null : textOf(before)
      return {
        bytes: Buffer.from(one.text),
        shown: shownText(one.text),
        shownBefore: old === null ? null : shownText(old),
      }
    },
  }
  const settings = Object.entries(one.env)
  if (settings.length === 0) return { compose: composeFile }
  const secret = new Set(settings.flatMap(([name, value]) => (typeof value === 'string' ? [] : [name])))
  const envFile: FileChange = {
    ...place,
    path: `${one.folder}/.env`,
    mode: '0600',
    newMode: '0600',
    content(before) {
      const old = before === null ? '' : (textOf(before) ?? '')
      const text = editEnvFile(
        old,
        new Map(settings.map(([name, value]) => [name, typeof value === 'string' ? value : value.reveal()])),
      )
      return {
        bytes: Buffer.from(text),
        shown: hideSecretValues(text, secret),
        shownBefore: before === null ? null : hideSecretValues(old, secret),
      }
    },
  }
  return { compose: composeFile, env: envFile }
}
