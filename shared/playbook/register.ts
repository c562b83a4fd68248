import { HeadroomError } from '../model/problem.ts'
import type { Registered } from './step-fields.ts'

/**
 * What a step leaves of its output under a name.
 * @throws HeadroomError REGISTER_NOTHING where the output has no such part; a secret's output is never in the message
 */
export function registeredFrom(how: Registered, name: string, output: string): string {
  if (how === 'trim') return output.trim()
  let found = output.trim()
  if (how.json !== undefined) found = jsonAt(how.json, name, found, how.secret === true)
  if (how.regex === undefined) return found
  const match = new RegExp(how.regex, 'mu').exec(found)
  if (match) return match[1] ?? match[0]
  throw nothing(name, `does not match ${how.regex}`, found, how.secret === true)
}

/** Throws TEMPLATE_INVALID where the regular expression or the path cannot be read. */
export function checkRegistered(how: Registered): void {
  if (how === 'trim') return
  if (how.json !== undefined) pathOf(how.json)
  if (how.regex === undefined) return
  try {
    new RegExp(how.regex, 'mu')
  } catch {
    throw new HeadroomError({
      code: 'TEMPLATE_INVALID',
      fact: `"${how.regex}" is not a regular expression.`,
      fix: 'Correct it; a backslash needs no doubling in plain or single-quoted YAML.',
      field: 'register',
      value: how.regex,
    })
  }
}

function jsonAt(path: string, name: string, output: string, secret: boolean): string {
  let value: unknown
  try {
    value = JSON.parse(output)
  } catch {
    throw nothing(name, 'is not JSON', output, secret)
  }
  for (const key of pathOf(path)) {
    const next =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined
    if (next === undefined || next === null) throw nothing(name, `has nothing at ${path}`, output, secret)
    value = next
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** "$.items[0]['a b'].name" as its keys. */
function pathOf(path: string): (string | number)[] {
  const keys: (string | number)[] = []
  const part = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\]/y
  part.lastIndex = path.startsWith('$') ? 1 : 0
  const text = path.startsWith('$') || path.startsWith('[') ? path : `.${path}`
  while (part.lastIndex < text.length) {
    const at = part.lastIndex
    const found = part.exec(text)
    if (!found)
      throw new HeadroomError({
        code: 'TEMPLATE_INVALID',
        fact: `"${path}" is no path into JSON: "${text.slice(at)}" is not understood.`,
        fix: "Write it like $.items[0].name or $['a key'].",
        field: 'register',
        value: path,
      })
    keys.push(found[2] === undefined ? (found[1] ?? found[3] ?? found[4] ?? '') : Number(found[2]))
  }
  return keys
}

const nothing = (name: string, why: string, output: string, secret: boolean) =>
  new HeadroomError({
    code: 'REGISTER_NOTHING',
    fact: `What the command printed ${why}, so there is no value for "${name}"${secret || output === '' ? '' : `: ${output.slice(0, 200)}`}.`,
    fix: 'Run the command by hand to see what it prints, then correct the playbook.',
    field: name,
  })
