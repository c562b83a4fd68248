import { readFileSync } from 'node:fs'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Call } from './command.ts'
import { UsageError } from './usage-error.ts'

/**
 * A secret from where it does not show in the list of processes: `env:NAME`, `file:PATH`, or `-` for standard input.
 * @throws SECRET_IN_ARGUMENTS, SECRET_NOT_FOUND
 */
export async function secretFrom(reference: string, name: string, { env, terminal }: Call): Promise<string> {
  if (reference === '-') return terminal.rest()
  const [, kind, where] = reference.match(/^(env|file):(.+)$/s) ?? []
  if (where === undefined) {
    throw new HeadroomError({
      code: 'SECRET_IN_ARGUMENTS',
      fact: `The value of ${name} stands on the command line, where every user of this computer can read it.`,
      fix: `Give ${name}=env:NAME, ${name}=file:PATH, or ${name}=- to read standard input.`,
      field: name,
    })
  }
  const value = kind === 'env' ? env[where] : contentOf(where)
  if (value === undefined || value === '') {
    throw new HeadroomError({
      code: 'SECRET_NOT_FOUND',
      fact: `${name} should come from ${kind === 'env' ? `the environment variable ${where}` : `the file ${where}`}, which is not set or cannot be read.`,
      fix: 'Set it and try again.',
      field: name,
    })
  }
  return value
}

/** A secret from an option that names an environment variable, else typed in, else an error. */
export async function secretFromEnvOrPrompt(variable: string | undefined, name: string, call: Call): Promise<string> {
  if (variable !== undefined) return secretFrom(`env:${variable}`, name, call)
  if (call.terminal.interactive) return call.terminal.secret(name)
  throw new UsageError(
    `There is no terminal to ask for the ${name.toLowerCase()}. Name an environment variable that holds it.`,
  )
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch {
    return undefined
  }
}
