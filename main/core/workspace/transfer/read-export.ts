import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import Database from 'better-sqlite3'
import * as z from 'zod'
import {
  type BackupFile,
  type PlaybookCopy,
  type WorkspaceFile,
  WorkspaceFileSchema,
} from '../../../../shared/model/backup.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import {
  EXPORT_FORMAT,
  type ExportHeader,
  ExportHeaderSchema,
  type ExportSummary,
} from '../../../../shared/model/workspace-export.ts'
import { finishCopy } from '../backup-check.ts'
import { appMigrations, type Migration, metricsMigrations } from '../migrations/index.ts'
import { isPlaybookName } from '../playbook-folder.ts'
import { decodeRow, parsed, quoted, type Table, tablesOf } from './rows.ts'
import { summaryOf } from './summary.ts'
import { readTar, type TarEntry, type TarLimits, unreadable } from './tar.ts'

const MIGRATIONS: Readonly<Record<WorkspaceFile, readonly Migration[]>> = {
  'app.db': appMigrations,
  'metrics.db': metricsMigrations,
}
const SealedSchema = z.strictObject({
  vault: z.strictObject({
    salt: z.base64(),
    cost: z
      .number()
      .int()
      .min(2 ** 14)
      .max(2 ** 20),
    proof: z.base64(),
  }),
  secrets: z.array(z.strictObject({ name: z.string().max(500), sealed: z.base64() })).max(100_000),
})

export interface ReadExport {
  file: string
  /** An empty folder that gets app.db, metrics.db and playbooks/. */
  into: string
  limits: TarLimits
}

export interface ReadResult {
  files: BackupFile[]
  playbooks: PlaybookCopy[]
  header: ExportHeader
  summary: ExportSummary
}

/**
 * Makes the databases of an export anew from its rows: the tables come from this Headroom's own migrations and never from the
 * file, nothing in it is run, and nothing is fetched. Every digest, reference and page is checked before it returns.
 * @throws EXPORT_UNREADABLE, EXPORT_TOO_LARGE, EXPORT_NEWER
 */
export async function readExport({ file, into, limits }: ReadExport): Promise<ReadResult> {
  const made: Partial<Record<WorkspaceFile, Building>> = {}
  try {
    const found = await unpack(file, into, limits, made)
    const { header } = found
    const app = made['app.db']
    const metrics = made['metrics.db']
    if (!app || !metrics) throw unreadable('it holds no databases')
    const summary = summaryOf(app.database, metrics.database, header, found.playbooks)
    const files = [finish('app.db', app, into), finish('metrics.db', metrics, into)]
    return { files, playbooks: found.playbooks, header, summary }
  } catch (error) {
    throw ofFile(error)
  } finally {
    for (const one of Object.values(made)) if (one.database.open) one.database.close()
  }
}

/** What goes wrong in either stream is thrown to whoever reads. */
function unpacked(file: string): AsyncIterable<Buffer> {
  const gunzip = createGunzip()
  pipeline(createReadStream(file), gunzip, () => {})
  return gunzip
}

interface Building {
  database: Database.Database
  tables: Map<string, { table: Table; insert: Database.Statement; next: number }>
}

async function unpack(file: string, into: string, limits: TarLimits, made: Partial<Record<WorkspaceFile, Building>>) {
  const sums = new Map<string, string>()
  const playbooks: PlaybookCopy[] = []
  let header: ExportHeader | null = null
  let closed = false
  const chunks = unpacked(file)
  for await (const entry of readTar(chunks, limits)) {
    if (closed) throw unreadable(`the part ${entry.name} comes after the digests`)
    if (entry.name === 'SHA256SUMS') {
      compare(entry.body.toString('utf8'), sums)
      closed = true
      continue
    }
    if (sums.has(entry.name)) throw unreadable(`the part ${entry.name} is there twice`)
    const sha256 = createHash('sha256').update(entry.body).digest('hex')
    sums.set(entry.name, sha256)
    if (header === null) {
      header = headerOf(entry)
      for (const name of WorkspaceFileSchema.options)
        made[name] = begin(join(into, name), MIGRATIONS[name], header.versions[name])
    } else if (entry.name === 'secrets.json' && header.secrets === 'sealed') {
      takeSecrets((made['app.db'] as Building).database, entry)
    } else if (entry.name.startsWith('playbooks/')) {
      playbooks.push({ ...takePlaybook(entry, into), sha256 })
    } else {
      takeRows(made, entry)
    }
  }
  if (!closed || header === null) throw unreadable('its digests are missing')
  if (header.secrets === 'sealed' && !sums.has('secrets.json')) throw unreadable('its sealed secrets are missing')
  for (const name of WorkspaceFileSchema.options) {
    for (const [table, { next }] of (made[name] as Building).tables)
      if (next === 1) throw unreadable(`the table ${table} of ${name} is missing`)
  }
  return { header, playbooks }
}

function headerOf({ name, body }: TarEntry): ExportHeader {
  if (name !== 'headroom.json') throw unreadable('it does not begin with headroom.json')
  const given = parsed(body.toString('utf8'), 'headroom.json')
  // The version first: a newer format may have another shape altogether.
  const { data } = z
    .object({ format: z.literal('headroom-workspace'), formatVersion: z.number(), appVersion: z.string() })
    .safeParse(given)
  if (!data) throw unreadable('headroom.json does not say that it is one')
  if (data.formatVersion > EXPORT_FORMAT)
    throw newer(`has format ${data.formatVersion}`, `${EXPORT_FORMAT}`, data.appVersion)
  const header = ExportHeaderSchema.safeParse(given)
  if (!header.success) throw unreadable(`headroom.json is wrong at "${header.error.issues[0]?.path.join('.') ?? ''}"`)
  for (const name of WorkspaceFileSchema.options) {
    const known = MIGRATIONS[name].at(-1)?.version ?? 0
    const version = header.data.versions[name]
    if (version > known) throw newer(`has version ${version} of ${name}`, `${known}`, header.data.appVersion)
  }
  return header.data
}

function newer(has: string, known: string, appVersion: string): HeadroomError {
  return new HeadroomError({
    code: 'EXPORT_NEWER',
    fact: `The export ${has}, written by Headroom ${appVersion}; this one knows versions up to ${known}.`,
    fix: 'Import it with that Headroom or a newer one. Nothing was changed.',
    field: 'file',
  })
}

/** An empty database of that version. What the migrations put in themselves is the export's to say. */
function begin(file: string, migrations: readonly Migration[], version: number): Building {
  const database = new Database(file)
  database.pragma('journal_mode = MEMORY')
  database.pragma('synchronous = OFF')
  database.pragma('foreign_keys = OFF')
  for (const migration of migrations.filter((one) => one.version <= version)) database.exec(migration.sql)
  database.pragma(`user_version = ${version}`)
  database.exec('BEGIN')
  const tables = new Map(
    tablesOf(database).map((table) => {
      database.exec(`DELETE FROM ${quoted(table.name)}`)
      const columns = table.columns.map(({ name }) => quoted(name)).join(', ')
      const places = table.columns.map(() => '?').join(', ')
      const insert = database.prepare(`INSERT INTO ${quoted(table.name)} (${columns}) VALUES (${places})`)
      return [table.name, { table, insert, next: 1 }]
    }),
  )
  return { database, tables }
}

function takeRows(made: Partial<Record<WorkspaceFile, Building>>, { name, body }: TarEntry): void {
  const parts = /^(app\.db|metrics\.db)\/([a-z0-9_]+)\.(\d{6,9})\.jsonl$/.exec(name)
  const database = parts && made[WorkspaceFileSchema.parse(parts[1])]
  const place = database?.tables.get(parts?.[2] ?? '')
  if (!parts || !place) throw unreadable(`it has the part ${name}, of which nothing is known`)
  if (Number(parts[3]) !== place.next) throw unreadable(`the part before ${name} is missing`)
  place.next += 1
  const lines = body.toString('utf8').split('\n')
  if (lines.pop() !== '') throw unreadable(`${name} ends within a line`)
  const columns = JSON.stringify(place.table.columns.map((column) => column.name))
  if (lines[0] !== columns)
    throw unreadable(`${name} has other columns than the table ${place.table.name} of that version`)
  // SQLite keeps its own row for a table whose rows came before this part.
  if (place.table.name === 'sqlite_sequence') database?.database.exec('DELETE FROM sqlite_sequence')
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue
    const where = `${name}, line ${index + 1}`
    const row = decodeRow(line, place.table, where)
    try {
      place.insert.run(...row)
    } catch (error) {
      throw unreadable(`${where} does not fit the table ${place.table.name} (${(error as Error).message})`, error)
    }
  }
}

function takeSecrets(database: Database.Database, { body }: TarEntry): void {
  const given = SealedSchema.safeParse(parsed(body.toString('utf8'), 'secrets.json'))
  if (!given.success) throw unreadable(`secrets.json is wrong at "${given.error.issues[0]?.path.join('.') ?? ''}"`)
  const { vault, secrets } = given.data
  database
    .prepare('INSERT INTO vault (id, salt, cost, proof) VALUES (1, ?, CAST(? AS INTEGER), ?)')
    .run(vault.salt, vault.cost, vault.proof)
  const insert = database.prepare("INSERT INTO secret (name, kind, sealed) VALUES (?, 'vault', ?)")
  for (const { name, sealed } of secrets) insert.run(name, sealed)
}

function takePlaybook({ name, body }: TarEntry, into: string): Omit<PlaybookCopy, 'sha256'> {
  const inside = name.slice('playbooks/'.length)
  if (!isPlaybookName(inside)) throw unreadable(`the part ${JSON.stringify(name)} has no name that a playbook may have`)
  const path = join(into, 'playbooks', inside)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, body, { mode: 0o600, flag: 'wx' })
  return { name: inside, bytes: body.length }
}

/** The digests must name every part, and no other. */
function compare(text: string, sums: ReadonlyMap<string, string>): void {
  const stated = new Map<string, string>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const parts = /^([0-9a-f]{64}) {2}(.+)$/.exec(line)
    if (!parts) throw unreadable('SHA256SUMS has a line that is no digest')
    stated.set(parts[2] as string, parts[1] as string)
  }
  for (const [name, sum] of sums)
    if (stated.get(name) !== sum) throw unreadable(`${name} has other bytes than its digest says`)
  for (const name of stated.keys()) if (!sums.has(name)) throw unreadable(`the part ${name} is missing`)
}

function finish(name: WorkspaceFile, { database }: Building, into: string): BackupFile {
  const orphans = database.pragma('foreign_key_check') as unknown[]
  if (orphans.length > 0) throw unreadable(`${orphans.length} rows of ${name} refer to rows that are not there`)
  database.exec('COMMIT')
  database.close()
  const { bytes, sha256, version, fault } = finishCopy(join(into, name))
  if (fault !== null) throw unreadable(`${name} is not sound: ${fault}`)
  return { name, bytes, sha256, version }
}

/** What zlib says of a cut or foreign file is what the operator is told; a full disk stays a full disk. */
function ofFile(error: unknown): unknown {
  const code = (error as { code?: unknown }).code
  if (error instanceof HeadroomError || typeof code !== 'string') return error
  return code.startsWith('Z_') ? unreadable(`it cannot be unpacked (${(error as Error).message})`, error) : error
}
