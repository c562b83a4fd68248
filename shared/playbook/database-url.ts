/** The address a database URL is led to. */
export interface DatabaseAddress {
  server: string
  port: string
  database: string
}

/** A database URL taken apart as text, so that what is not changed stays byte for byte. */
const PARTS = /^(postgres[a-z0-9+.-]*:\/\/)([^/?#]*@)?([^/?#]*)(\/[^?#]*)?([?#].*)?$/i

/**
 * The URL with another server, port and database; scheme, user, password and query stay as they are written. Null where
 * it is no postgres:// URL, or names several servers.
 */
export function movedUrl(url: string, { server, port, database }: DatabaseAddress): string | null {
  const parts = PARTS.exec(url)
  if (!parts || (parts[3] ?? '').includes(',')) return null
  const [, scheme, login = '', , , query = ''] = parts
  const address = server.includes(':') ? `[${server}]` : server
  return `${scheme}${login}${address}:${port}/${encodeURIComponent(database)}${query}`
}

/** The URL as it may be shown: without its password, and without the values of its query. */
export function shownUrl(url: string): string {
  const parts = PARTS.exec(url)
  if (!parts) return '‹value›'
  const [, scheme, login = '', host = '', path = '', query = ''] = parts
  const user = login.slice(0, -1).split(':')[0] ?? ''
  const shownLogin = login === '' ? '' : login.includes(':') ? `${user}:‹password›@` : login
  return `${scheme}${shownLogin}${host}${path}${query.replace(/=[^&#]*/g, '=…')}`
}
