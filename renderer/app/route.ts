import { useSyncExternalStore } from 'react'
import { PLACES, type PlaceName } from '../../shared/model/address.ts'

/** Parts of places that have an address of their own. */
export const PARTS = [
  { name: 'topology', place: 'plan', path: '/plan?tab=topology' },
  { name: 'roadmap', place: 'plan', path: '/plan/roadmap' },
  { name: 'files', place: 'plan', path: '/plan?tab=files' },
  { name: 'advice', place: 'plan', path: '/plan?tab=advice' },
  { name: 'tables', place: 'plan', path: '/plan?tab=tables' },
  { name: 'compare', place: 'what-if', path: '/what-if/compare' },
  { name: 'cheapest', place: 'what-if', path: '/what-if/cheapest-path' },
  { name: 'autoscaling', place: 'what-if', path: '/what-if/auto-scaling' },
  { name: 'fits', place: 'what-if', path: '/what-if/fits' },
  { name: 'providers', place: 'what-if', path: '/what-if/providers' },
] as const satisfies readonly { name: string; place: PlaceName; path: string }[]

/** The sections of Settings: `#/settings?section=<name>` shows one; see `Panel`. */
export const SETTINGS_SECTIONS = [
  'measuring',
  'theme',
  'updates',
  'about',
  'secrets',
  'transfer',
  'backups',
  'doctor',
  'report',
  'keys',
  'rules',
  'telling',
  'prometheus',
] as const // prettier-ignore

const page = (place: string, id: string) => `/${place}/${encodeURIComponent(id)}`
const shown = (key: string, value: string) => `${key}=${encodeURIComponent(value)}`

/** Where each kind of object is shown, for `go`. */
export const addressOf = {
  server: (id: string) => page('servers', id),
  stage: (id: string) => page('plan', id),
  scenario: (id: string) => `/what-if?${shown('scenario', id)}`,
  playbook: (id: string, file: string | null) =>
    file === null ? page('playbooks', id) : `${page('playbooks', id)}?${shown('file', file)}`,
  run: (id: string) => page('runs', id),
  alert: (id: string) => `/now?${shown('alert', id)}`,
  price: (key: string) => `/prices?${shown('price', key)}`,
  settings: (section: (typeof SETTINGS_SECTIONS)[number]) => `/settings?${shown('section', section)}`,
}

/** `place` decides what is drawn; `runs` belongs to the playbooks place. `query` holds what follows a "?" in the hash. */
export interface Route {
  path: string
  place: PlaceName
  /** True for `#/runs/:id`. */
  run: boolean
  id: string | null
  query: URLSearchParams
}

/** `#/servers/abc?metric=load1` as a route. Anything unknown is Now. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?')
  const [head = '', id] = path.split('/').filter((part) => part !== '')
  const run = head === 'runs'
  const place = run ? 'playbooks' : PLACES.find((name) => name === head)
  return {
    path: place ? `/${path}` : '/now',
    place: place ?? 'now',
    run,
    id: place && id !== undefined ? decoded(id) : null,
    query: new URLSearchParams(search),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Opens a path such as `/servers/abc`; with `replace`, in the stead of the present one, which Back then passes over. */
export function go(path: string, { replace = false } = {}): void {
  const hash = `#${path.startsWith('/') ? path : `/${path}`}`
  if (replace) window.location.replace(hash)
  else window.location.hash = hash
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash)
  return parseRoute(hash)
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}
