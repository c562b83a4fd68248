import { join } from 'node:path'

/** "~/x" in the operator's home. */
export function expandHome(path: string, home: string): string {
  return path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path
}
