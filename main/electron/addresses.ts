/** The window's own address. Everything it shows comes from here. */
export const SCHEME = 'app'
export const HOST = 'headroom'
export const PAGE = `${SCHEME}://${HOST}/`

/** Sites the operator's browser may be sent to from a link in the window, by exact origin. */
const EXTERNAL_ORIGINS: ReadonlySet<string> = new Set([
  'https://www.hetzner.com',
  'https://docs.hetzner.com',
  'https://www.postgresql.org',
  'https://docs.docker.com',
])

/** True for an address of the window's own page. Parsed, never compared as text: `app://headroom.evil/` is not ours. */
export function isOwnPage(address: string): boolean {
  const url = parsed(address)
  return (
    url !== null && url.protocol === `${SCHEME}:` && url.hostname === HOST && url.port === '' && url.username === ''
  )
}

/** The address of a route such as "#/now"; of anything else, that of the page itself. */
export function routeAddress(href: string): string {
  return href.startsWith('#/') ? `${PAGE}${href}` : PAGE
}

export function mayOpenOutside(address: string): boolean {
  const url = parsed(address)
  return url !== null && url.username === '' && url.password === '' && EXTERNAL_ORIGINS.has(url.origin)
}

function parsed(address: string): URL | null {
  try {
    return new URL(address)
  } catch {
    return null
  }
}
