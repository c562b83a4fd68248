import { parseDuration } from '../format/duration.ts'
import { HeadroomError } from '../model/problem.ts'
import type { ParameterFile } from './schema.ts'

export type ParameterValue = string | number | boolean

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** "10GB" or "512 MiB" as bytes; null when it is no size. */
export function parseSize(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B|B)$/.exec(text.trim())
  const unit = SIZE_UNITS[parts?.[2] ?? '']
  return parts && unit !== undefined ? Number(parts[1]) * unit : null
}

/**
 * One value against its parameter. Hosts are only checked to be text here; that the host exists is for the caller to see.
 * @returns the value as text, or null where it is optional and was left out
 * @throws HeadroomError PARAMETER_MISSING or PARAMETER_INVALID; a secret's value is never in the message
 */
export function checkParameter(parameter: ParameterFile, value: ParameterValue | undefined): string | null {
  const given = value === undefined || value === '' ? parameter.default : value
  if (given === undefined || given === '') {
    if (!(parameter.required ?? parameter.default === undefined)) return null
    throw new HeadroomError({
      code: 'PARAMETER_MISSING',
      fact: `${parameter.label} (${parameter.name}) is not given.`,
      fix: parameter.help ?? `Give a value of the type ${parameter.type}.`,
      field: parameter.name,
    })
  }
  const text = typeof given === 'string' ? given : String(given)
  const shown = parameter.type === 'secret' ? '[redacted]' : text
  const refuse = (why: string, fix: string): never => {
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `${parameter.label} (${parameter.name}) is ${parameter.type === 'secret' ? 'a secret that' : `"${shown}", which`} ${why}.`,
      fix,
      field: parameter.name,
      value: shown,
    })
  }
  if (text.includes('\0')) refuse('holds a NUL character', 'Remove it.')
  switch (parameter.type) {
    case 'port':
      if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 65535)
        refuse('is no port', 'Write a whole number from 1 to 65535.')
      break
    case 'number': {
      const number = Number(text)
      if (text.trim() === '' || !Number.isFinite(number)) refuse('is no number', 'Write a number such as 3.')
      if (parameter.min !== undefined && number < parameter.min)
        refuse(`is less than ${parameter.min}`, `Write ${parameter.min} or more.`)
      if (parameter.max !== undefined && number > parameter.max)
        refuse(`is more than ${parameter.max}`, `Write ${parameter.max} or less.`)
      return String(number)
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') refuse('is neither true nor false', 'Write true or false.')
      break
    case 'duration':
      try {
        parseDuration(text)
      } catch {
        refuse('is no duration', 'Write a number and a unit, such as 30s, 5m or 2h.')
      }
      break
    case 'size':
      if (parseSize(text) === null) refuse('is no size', 'Write a number and a unit, such as 500MB or 10GiB.')
      break
    case 'choice':
      if (!parameter.choices?.includes(text))
        refuse('is not one of the choices', `Choose ${parameter.choices?.join(', ')}.`)
      break
    case 'secret':
      if (/[\r\n]/.test(text)) refuse('holds a line break', 'Give it on one line.')
      break
    case 'text':
    case 'host':
    case 'hosts':
      if (/[\r\n]/.test(text)) refuse('holds a line break', 'Write it on one line.')
      break
  }
  if (parameter.pattern !== undefined && !new RegExp(`^(?:${parameter.pattern})$`, 'u').test(text))
    refuse(`does not match ${parameter.pattern}`, parameter.help ?? 'Write it in that form.')
  return text
}

/**
 * All values of a playbook.
 * @returns text by name; null where an optional one was left out
 * @throws HeadroomError PARAMETER_UNKNOWN, PARAMETER_MISSING, PARAMETER_INVALID (the first at fault)
 */
export function checkParameters(
  parameters: readonly ParameterFile[],
  values: Readonly<Record<string, ParameterValue>>,
): Map<string, string | null> {
  const known = parameters.map(({ name }) => name)
  for (const name of Object.keys(values)) {
    if (known.includes(name)) continue
    throw new HeadroomError({
      code: 'PARAMETER_UNKNOWN',
      fact: `The playbook has no parameter "${name}".`,
      fix: known.length > 0 ? `Its parameters are ${known.join(', ')}.` : 'It takes no parameters.',
      field: name,
    })
  }
  return new Map(parameters.map((parameter) => [parameter.name, checkParameter(parameter, values[parameter.name])]))
}
