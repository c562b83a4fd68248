import { useSyncExternalStore } from 'react'

export const PLACES = ['now', 'servers', 'plan', 'what-if', 'playbooks', 'prices', 'settings'] as const
export type PlaceName = (typeof PLACES)[number]

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

/** Opens a path such as `/servers/abc`. */
export function go(path: string): void {
  window.location.hash = `#${path.startsWith('/') ? path : `/${path}`}`
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash)
  return parseRoute(hash)
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}
