import { parseDuration } from '../../../../../shared/format/duration.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { Secret } from '../../../../../shared/model/secret.ts'
import type { PlanContext } from '../step.ts'
import { flagOf, type MoveStep, type Sides, switches } from './planned.ts'
import { peerAddress } from './side.ts'
import { urlParts } from './url.ts'

/** How the application's servers are led to the target. */
export interface Switch {
  hostIds: string[]
  file: string
  key: string
  /** In a Compose file: whose environment; null: of every service that has the key. */
  service: string | null
  /** The new URL; null: the old one with these. */
  url: Secret | null
  server: string
  port: string
  database: string
  before: Command | null
  restart: Command | null
  check: Command | null
  timeoutMs: number
  sudo: boolean
}

const SAFE_URL = /^[A-Za-z0-9._~:/?#@!&*+,;=%[\]-]+$/

/** The step's cutover, or null where the operator switches over. PARAMETER_INVALID and URL_INVALID name the field. */
export function switchOf(step: MoveStep, sides: Sides, context: PlanContext): Switch | null {
  const { cutover } = step
  if (!cutover || !switches(step, context)) return null
  const text = (value: string | number | undefined) => (value === undefined ? '' : context.values.plain(String(value)))
  const wrong = (field: string, fact: string, fix: string, value: string) =>
    new HeadroomError({ code: 'PARAMETER_INVALID', fact, fix, field: `cutover.${field}`, value })
  const file = text(cutover.file)
  if (!file.startsWith('/'))
    throw wrong('file', `The file with the URL is "${file}".`, 'Write its whole path, such as /srv/shop/.env.', file)
  const key = text(cutover.key)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
    throw wrong('key', `"${key}" is no name of a variable.`, 'Write a name such as DATABASE_URL.', key)
  const url = cutover.url === undefined ? null : context.values.secret(cutover.url)
  if (url !== null) {
    urlParts(url, 'target')
    if (!SAFE_URL.test(url.reveal()))
      throw new HeadroomError({
        code: 'URL_INVALID',
        fact: 'The new URL holds characters that mean something else in an env file or a compose file (quotes, spaces, $, backslashes).',
        fix: 'Write them as %XX in the URL, such as %24 for $.',
        field: 'cutover.url',
      })
  }
  const sudo = cutover.sudo === undefined ? false : flagOf(cutover.sudo, context)
  const commandOf = (value: string | string[] | undefined): Command | null => {
    if (value === undefined) return null
    // A parameter alone is the command that the operator gave; inside of a command parameters are quoted words.
    const script = (one: string) =>
      /^\$\{\{\s*[\w.]+\s*\}\}$/.test(one.trim()) ? text(one) : context.values.shell(one)
    const argv = typeof value === 'string' ? ['sh', '-c', script(value)] : value.map(text)
    return argv.at(-1)?.trim() === '' ? null : { argv, timeoutMs: 300_000, ...(sudo ? { sudo } : {}) }
  }
  const seen = peerAddress(sides.target, context)
  return {
    hostIds: context.values.hostIds(cutover.hosts),
    ...{ file, key, url, sudo },
    service: text(cutover.service) || null,
    server: text(cutover.address) || seen.server,
    port: text(cutover.port) || seen.port || '5432',
    database: sides.target.database,
    before: commandOf(cutover.before),
    restart: commandOf(cutover.restart),
    check: commandOf(cutover.check),
    timeoutMs: parseDuration(text(cutover.timeout)),
  }
}
