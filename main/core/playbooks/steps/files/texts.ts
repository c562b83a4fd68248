import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { hasLater, shownLater } from '../../../../../shared/playbook/later.ts'
import { hideSecretValues } from '../../../../../shared/playbook/secret-lines.ts'
import { piecesOf } from '../../../../../shared/playbook/template.ts'
import type { PlanContext, RunContext } from '../step.ts'

/** A value of an insertion: as it is, and as it may be shown. */
export interface Value {
  real: string
  shown: string
  secret: boolean
  later: boolean
}

/** The value of one insertion, wherever it comes from. In a run later values are known, in a review they are not. */
export function insertedValue(name: string, context: PlanContext | RunContext): Value {
  const template = `\${{ ${name} }}`
  try {
    const plain = context.values.plain(template)
    const later = hasLater(plain)
    const running = 'now' in context
    return {
      real: later ? (running ? context.now(plain) : shownLater(plain)) : plain,
      shown: shownLater(plain),
      secret: false,
      later: later && !running,
    }
  } catch (error) {
    if (!(error instanceof HeadroomError) || error.code !== 'SECRET_IN_COMMAND') throw error
    const later = name.startsWith('steps.')
    const real = context.values.secret(template)?.reveal() ?? ''
    return {
      real: real === '' && later ? `‹${name}›` : real,
      shown: `‹${name}›`,
      secret: true,
      later: later && real === '',
    }
  }
}

/** A text with its values, for a field that is not quoted in any way: as it is, and as it may be shown. */
export function expand(template: string, context: PlanContext | RunContext): Value {
  const parts = piecesOf(template).map((piece) =>
    'text' in piece
      ? { real: piece.text, shown: piece.text, secret: false, later: false }
      : insertedValue(piece.name, context),
  )
  return {
    real: parts.map(({ real }) => real).join(''),
    shown: parts.map(({ shown }) => shown).join(''),
    secret: parts.some(({ secret }) => secret),
    later: parts.some(({ later }) => later),
  }
}

/** Text of a file, or null where the bytes are not UTF-8 or hold NUL. */
export function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** A text that is there already, as it may be shown: without values that look secret, and without the secrets given. */
export function shownText(text: string, secrets: readonly { name: string; value: string }[] = []): string {
  let shown = hideSecretValues(text)
  for (const { name, value } of secrets)
    if (value.length >= 4 && !value.includes('\n')) shown = shown.replaceAll(value, `‹${name}›`)
  return shown
}

export const isOn = (value: boolean | string | undefined, context: PlanContext): boolean =>
  typeof value === 'string' ? context.values.plain(value) === 'true' : (value ?? false)
