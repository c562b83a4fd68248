/** The places, in the order of the navigation. */
export const PLACES = ['now', 'servers', 'plan', 'what-if', 'playbooks', 'prices', 'settings'] as const
export type PlaceName = (typeof PLACES)[number]

/** The scheme of links that open Headroom from outside, as `headroom://servers/abc`. */
export const LINK_SCHEME = 'headroom'

const LONGEST = 2000
const HEADS: ReadonlySet<string> = new Set([...PLACES, 'runs'])
/** RFC 3986 pchar, with percent signs only before two hexadecimal digits. */
const SEGMENT = /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+$/
const VALUE = /^(?:[\w.~!$'()*+,;:@/-]|%[0-9A-Fa-f]{2})*$/
/**
 * What a link from outside may say beside the path: what to show, never what to fill in. A playbook's form takes its
 * parameters from its address inside Headroom; a link that somebody sent must not choose them.
 */
const SHOWN = new Set([
  'metric',
  'from',
  'to',
  'range',
  'forecast',
  'ids',
  'q',
  'alert',
  'tab',
  'edit',
  'price',
  'scenario',
  'section',
  'file',
]) // prettier-ignore

/** The route, such as "#/servers/abc?metric=load1", that a link from outside asks for; null for what is no such link. */
export function routeOfLink(link: string): string | null {
  const prefix = `${LINK_SCHEME}://`
  if (link.length > LONGEST || link.slice(0, prefix.length).toLowerCase() !== prefix) return null
  const [path = '', query = '', ...rest] = link.slice(prefix.length).split('?')
  const parts = path.replace(/\/$/, '').split('/')
  // Systems put an empty host before the path: headroom:///now.
  if (parts[0] === '' && parts.length > 1) parts.shift()
  const [head = '', ...ids] = parts
  if (rest.length > 0 || ids.length > 1 || !HEADS.has(head) || ids.some((id) => !isSound(id))) return null
  if (head === 'runs' && ids.length === 0) return null
  const shown = query.split('&').filter((pair) => {
    const [key = '', value = '', ...more] = pair.split('=')
    return more.length === 0 && SHOWN.has(key) && VALUE.test(value) && decodes(value)
  })
  return `#/${[head, ...ids].join('/')}${shown.length === 0 ? '' : `?${shown.join('&')}`}`
}

/** A route as a link for others, and for notes: the opposite of `routeOfLink`, without what only Headroom itself may say. */
export function linkOfRoute(hash: string): string | null {
  const route = hash.replace(/^#\/?/, '') || 'now'
  const link = `${LINK_SCHEME}://${route}`
  const back = routeOfLink(link)
  return back === null ? null : `${LINK_SCHEME}://${back.slice(2)}`
}

const isSound = (id: string): boolean => SEGMENT.test(id) && id !== '.' && id !== '..' && decodes(id)

function decodes(text: string): boolean {
  try {
    // A control character has no business in an id.
    return !/\p{Cc}/u.test(decodeURIComponent(text))
  } catch {
    return false
  }
}
