import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import type { SideName } from './side.ts'

/** What a connection URL says, decoded. `settings` are environment variables of libpq. */
export interface UrlParts {
  server: string
  port: string
  user: string
  database: string
  password: Secret | null
  settings: Record<string, string>
}

/** The parts of a URL's query that matter to a move, and what libpq reads them from. */
export const URL_SETTINGS: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  options: 'PGOPTIONS',
}

/**
 * Reads postgres://user:password@server:port/database?sslmode=require. Nothing of it is quoted in an error, since any
 * part may be the password.
 * @throws HeadroomError URL_INVALID
 */
export function urlParts(url: Secret, name: SideName): UrlParts {
  const wrong = (fact: string, fix: string) =>
    new HeadroomError({ code: 'URL_INVALID', fact: `The URL of the ${name} ${fact}.`, fix, field: `${name}_url` })
  const form = 'Write postgres://user:password@server:5432/database, with %40 for @ and %2F for / in the password.'
  const text = url.reveal().trim()
  if (!/^postgres(ql)?:\/\//i.test(text)) throw wrong('does not begin with postgres://', form)
  if (/[\0\r\n]/.test(text)) throw wrong('holds a line break or a NUL character', form)
  if (/^[^/]+\/\/[^/?#]*,/.test(text)) throw wrong('names several servers', 'Name the primary alone.')
  let parsed: URL
  const decoded = (part: string) => decodeURIComponent(part)
  try {
    parsed = new URL(text.replace(/^postgres(ql)?:/i, 'http:'))
    const settings: Record<string, string> = {}
    for (const [key, value] of parsed.searchParams) {
      const variable = URL_SETTINGS[key]
      if (variable !== undefined) settings[variable] = value
    }
    const server = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
    // A URL without a port is http's own for the parser where it says 80.
    const port = parsed.port !== '' ? parsed.port : /:80(?=[/?#]|$)/.test(text) ? '80' : '5432'
    const user = decoded(parsed.username)
    const database = decoded(parsed.pathname.slice(1)) || user
    const password = decoded(parsed.password)
    if (user === '') throw wrong('names no user', form)
    if (/[\0\r\n]/.test(`${password}${user}${database}`)) throw wrong('holds a line break or a NUL character', form)
    return {
      ...{ server, port, user, database, settings },
      password: password === '' ? null : new Secret(`${url.name}, its password`, password),
    }
  } catch (error) {
    if (error instanceof HeadroomError) throw error
    throw wrong('cannot be read', form)
  }
}
