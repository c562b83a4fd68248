import * as z from 'zod'
import type { WritableDatabase } from '../workspace/index.ts'

/** What a host lacks, by what was looked for, and what it was seen to run, as the newest rounds say. */
export interface Finding {
  at: number
  notFound: { what: string; why: string }[]
  /** The known ports that something listens on, and whether there are signs of Kubernetes. */
  ports: number[]
  kubernetes: boolean
}

const BodySchema = z.object({
  notFound: z.array(z.object({ what: z.string(), why: z.string() })),
  ports: z.array(z.number().int()),
  kubernetes: z.boolean(),
})
const RowSchema = z.object({ at: z.number(), body: z.string() })

/**
 * The last finding of each host, kept so that it shows without a new round. Written only when it differs, and of many hosts at
 * once: app.db waits for the disk at each transaction.
 */
export class Findings {
  readonly #database: WritableDatabase
  readonly #statements
  readonly #known = new Map<string, { finding: Finding; body: string }>()
  readonly #changed = new Set<string>()
  constructor(database: WritableDatabase) {
    this.#database = database
    this.#statements = {
      read: database.prepare('SELECT at, body FROM host_finding WHERE host_id = ?'),
      write: database.prepare(
        `INSERT INTO host_finding (host_id, at, body) VALUES (?, CAST(? AS INTEGER), ?)
         ON CONFLICT (host_id) DO UPDATE SET at = excluded.at, body = excluded.body`,
      ),
      forget: database.prepare('DELETE FROM host_finding WHERE host_id = ?'),
    }
  }

  get(hostId: string): Finding | null {
    const known = this.#known.get(hostId)
    if (known) return known.finding
    const row = this.#statements.read.get(hostId)
    if (row === undefined) return null
    const { at, body } = RowSchema.parse(row)
    const finding = { at, ...BodySchema.parse(JSON.parse(body)) }
    this.#known.set(hostId, { finding, body })
    return finding
  }

  put(hostId: string, finding: Finding): void {
    const before = this.get(hostId) === null ? null : this.#known.get(hostId)?.body
    const { at, ...rest } = finding
    const body = JSON.stringify(rest)
    this.#known.set(hostId, { finding, body })
    if (before !== body) this.#changed.add(hostId)
  }

  /** Writes what differs. What cannot be written is tried again the next time. */
  flush(): void {
    if (this.#changed.size === 0) return
    this.#database.transaction(() => {
      for (const hostId of this.#changed) {
        const { finding, body } = this.#known.get(hostId) as { finding: Finding; body: string }
        this.#statements.write.run(hostId, Math.trunc(finding.at), body)
      }
    })()
    this.#changed.clear()
  }

  forget(hostId: string): void {
    this.#known.delete(hostId)
    this.#changed.delete(hostId)
    this.#statements.forget.run(hostId)
  }
}
