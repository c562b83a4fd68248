import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import manifest from '../../../../package.json' with { type: 'json' }
import type { WorkspaceFile } from '../../../../shared/model/backup.ts'
import { EXPORT_FORMAT, type ExportHeader } from '../../../../shared/model/workspace-export.ts'
import { playbookFiles } from '../playbook-folder.ts'
import { encodeRow, quoted, tablesOf } from './rows.ts'
import { TAR_END, tarEntry } from './tar.ts'

/** A table is cut into parts of about this size, so that neither side ever holds more. */
const PART_BYTES = 4 << 20

/** Secrets sealed under the passphrase of the export: a vault, as a workspace keeps one. */
export interface SealedSecrets {
  vault: { salt: string; cost: number; proof: string }
  secrets: { name: string; sealed: string }[]
}

export interface WriteExport {
  /** The workspace's folder; its databases are only read, each in one transaction, while others go on writing. */
  workspace: string
  file: string
  sealed: SealedSecrets | null
}

/**
 * Writes a workspace as one file: a tar archive of JSON lines, gzipped part by part. The same content gives the same bytes.
 * Returns the file's size and digest. It may take a while for gigabytes: see transfer-worker.ts.
 */
export function writeExport({ workspace, file, sealed }: WriteExport): { bytes: number; sha256: string } {
  const metrics = openForReading(`${workspace}/metrics.db`)
  const app = openForReading(`${workspace}/app.db`)
  const out = openSync(file, 'wx', 0o600)
  const whole = createHash('sha256')
  const sums: string[] = []
  let bytes = 0
  const put = (data: Buffer) => {
    const packed = gzipSync(data)
    for (let written = 0; written < packed.length; ) written += writeSync(out, packed, written)
    whole.update(packed)
    bytes += packed.length
  }
  const part = (name: string, body: Buffer) => {
    sums.push(`${createHash('sha256').update(body).digest('hex')}  ${name}\n`)
    put(tarEntry(name, body))
  }
  try {
    const header: ExportHeader = {
      format: 'headroom-workspace',
      formatVersion: EXPORT_FORMAT,
      appVersion: manifest.version,
      versions: { 'app.db': versionOf(app), 'metrics.db': versionOf(metrics) },
      secrets: sealed === null ? 'none' : 'sealed',
    }
    part('headroom.json', Buffer.from(`${JSON.stringify(header, null, 2)}\n`))
    if (sealed !== null) part('secrets.json', Buffer.from(`${JSON.stringify(sealed, null, 2)}\n`))
    for (const each of playbookFiles(workspace)) part(`playbooks/${each.name}`, each.read())
    putDatabase('app.db', app, part)
    putDatabase('metrics.db', metrics, part)
    put(Buffer.concat([tarEntry('SHA256SUMS', Buffer.from(sums.join(''))), TAR_END]))
    fsyncSync(out)
  } finally {
    closeSync(out)
    app.close()
    metrics.close()
  }
  return { bytes, sha256: whole.digest('hex') }
}

function openForReading(file: string): Database.Database {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 })
  database.defaultSafeIntegers(true)
  database.exec('BEGIN')
  // The first read is what fixes the moment.
  database.prepare('SELECT count(*) FROM sqlite_schema').get()
  return database
}

function putDatabase(file: WorkspaceFile, database: Database.Database, part: (name: string, body: Buffer) => void) {
  for (const table of tablesOf(database.defaultSafeIntegers(false))) {
    const head = `${JSON.stringify(table.columns.map(({ name }) => name))}\n`
    let lines: string[] = []
    let size = 0
    let count = 0
    const flush = () => {
      count += 1
      const name = `${file}/${table.name}.${String(count).padStart(6, '0')}.jsonl`
      part(name, Buffer.from(`${head}${lines.join('')}`))
      lines = []
      size = 0
    }
    const columns = table.columns.map(({ name }) => quoted(name)).join(', ')
    const rows = database
      .prepare(`SELECT ${columns} FROM ${quoted(table.name)} ORDER BY ${table.order}`)
      .raw()
      .safeIntegers(true)
      .iterate() as IterableIterator<unknown[]>
    for (const row of rows) {
      const line = `${encodeRow(row)}\n`
      lines.push(line)
      size += line.length
      if (size >= PART_BYTES) flush()
    }
    // A table without rows is there too: an export says what it holds and what it does not.
    if (size > 0 || count === 0) flush()
  }
}

function versionOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}
