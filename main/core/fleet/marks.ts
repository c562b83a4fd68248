import * as z from 'zod'
import { type HostMarks, tagsFrom } from '../../../shared/model/fleet.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { WritableDatabase } from '../workspace/index.ts'

const Row = z.object({ host_id: z.string(), tags: z.string(), stage: z.string().nullable() })
const Tags = z.array(z.string())

/** Tags and stages as the operator set them. */
export class Marks {
  readonly #statements

  constructor(database: WritableDatabase) {
    this.#statements = {
      all: database.prepare('SELECT host_id, tags, stage FROM host_mark ORDER BY host_id'),
      set: database.prepare(
        `INSERT INTO host_mark (host_id, tags, stage) VALUES (?, ?, ?)
         ON CONFLICT (host_id) DO UPDATE SET tags = excluded.tags, stage = excluded.stage`,
      ),
      clear: database.prepare('DELETE FROM host_mark WHERE host_id = ?'),
    }
  }

  list(): HostMarks[] {
    return this.#statements.all.all().map((row) => {
      const { host_id, tags, stage } = Row.parse(row)
      return { hostId: host_id, tags: Tags.parse(JSON.parse(tags)), stage }
    })
  }

  /** TAG_INVALID where one of them cannot be a tag. */
  set(marks: HostMarks): HostMarks {
    const text = marks.tags.join(' ')
    const read = tagsFrom(text)
    if ('fault' in read)
      throw new HeadroomError({
        code: 'TAG_INVALID',
        fact: read.fault,
        fix: 'Separate tags by blanks or commas, such as: web eu production.',
        field: 'tags',
        value: text,
      })
    if (read.tags.length === 0 && marks.stage === null) this.#statements.clear.run(marks.hostId)
    else this.#statements.set.run(marks.hostId, JSON.stringify(read.tags), marks.stage)
    return { ...marks, tags: read.tags }
  }

  /** Drops what was said of servers that are gone. */
  keepOnly(hostIds: ReadonlySet<string>): void {
    for (const { hostId } of this.list()) if (!hostIds.has(hostId)) this.#statements.clear.run(hostId)
  }
}
