import { isMap, parseDocument } from 'yaml'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { Secret } from '../../../../../shared/model/secret.ts'
import { artifactText } from '../artifact.ts'
import { DIFF_BYTES } from '../files/commands.ts'
import { readLocal } from '../files/local.ts'
import { fill } from '../files/syntax.ts'
import { textOf } from '../files/texts.ts'
import type { PlanContext } from '../step.ts'

/** The Compose or stack file of a step, as it is: `${NAME}` in it is Docker's to fill in. */
export function sourceOf(step: { text?: string; from?: string; artifact?: string }, context: PlanContext): string {
  const made = artifactText(step, context)
  if (made !== null) return made
  if (step.from === undefined) return fill(step.text ?? '', 'yaml', context).real
  const from = context.values.plain(step.from)
  const text = textOf(readLocal(from, DIFF_BYTES, context))
  if (text !== null) return text
  throw new HeadroomError({
    code: 'TEMPLATE_NOT_TEXT',
    fact: `${from} is not text in UTF-8.`,
    fix: 'Name a text file.',
    field: 'from',
    value: from,
  })
}

/** Values for the file's `${NAME}`, secrets as such. */
export function envOf(
  step: { env?: Record<string, string> },
  { values }: PlanContext,
): Record<string, string | Secret> {
  const env: Record<string, string | Secret> = {}
  for (const [name, template] of Object.entries(step.env ?? {}))
    try {
      env[name] = values.plain(template)
    } catch (error) {
      if (!(error instanceof HeadroomError) || error.code !== 'SECRET_IN_COMMAND') throw error
      env[name] = values.secret(template) ?? ''
    }
  return env
}

/**
 * The names of a file's services.
 * @throws COMPOSE_INVALID with line and column where it is no YAML
 */
export function serviceNames(text: string): string[] {
  const services = documentOf(text).get('services', true)
  return isMap(services) ? services.items.map(({ key }) => String(key)).sort() : []
}

/** The file without the names of env files: those are written by the step, or read when the services start. */
export function withoutEnvFiles(text: string): string {
  const document = documentOf(text)
  for (const name of serviceNames(text)) document.deleteIn(['services', name, 'env_file'])
  return document.toString()
}

function documentOf(text: string) {
  const document = parseDocument(text)
  const [error] = document.errors
  if (!error) return document
  throw new HeadroomError({
    code: 'COMPOSE_INVALID',
    fact: `The file is not valid YAML: ${error.message.split('\n')[0]}`,
    fix: 'Correct the file.',
    field: 'text',
  })
}
