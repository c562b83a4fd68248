import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PlaybookFile } from '../../../shared/playbook/schema.ts'
import type { ReadFile } from './loader.ts'

/**
 * The shipped playbooks as the build parsed them, by path: parsing them all takes a third of a second. A file whose text has
 * changed since is parsed again by whoever reads it. Empty where nothing was built, as in a unit test.
 */
export function parsedAhead(
  shipped: string,
  built = join(import.meta.dirname, 'playbooks.json'),
): Map<string, ReadFile> {
  if (!existsSync(built)) return new Map()
  const all = JSON.parse(readFileSync(built, 'utf8')) as { name: string; source: string; parsed: PlaybookFile }[]
  return new Map(
    all.map(({ name, source, parsed }) => [
      join(shipped, name),
      { id: parsed.id, file: name, origin: 'shipped', source, parsed, problem: null },
    ]),
  )
}
