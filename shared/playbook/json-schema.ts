import * as z from 'zod'
import { PlaybookSchema } from './schema.ts'

/** The format as JSON Schema (2020-12), as editors read it: what a file may hold before its defaults are filled in. */
export function playbookJsonSchema(): string {
  const schema = z.toJSONSchema(PlaybookSchema, { io: 'input', reused: 'ref' })
  return `${JSON.stringify({ title: 'Headroom playbook', ...schema }, null, 2)}\n`
}
