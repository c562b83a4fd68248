import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { HostKey, HostKeyCheck } from '../../../shared/model/host.ts'
import type { KeyImport } from '../../../shared/model/key-import.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import type { WritableDatabase } from '../workspace/index.ts'
import { algorithmOf, fingerprintOf, hostKeyOf } from './fingerprint.ts'
import type { KnownKey } from './interface.ts'
import { type KnownHostsLine, knownHostsName, namesServer, parseKnownHosts, serversOf } from './known-hosts.ts'
import { readKeyImport } from './known-hosts-import.ts'
import { hostKeyProblem } from './problems.ts'

const OWN = 'headroom'
/** A known_hosts file beyond this is not read: a runaway or hostile file must not stop the core. */
const MAX_FILE_BYTES = 16 * 1024 * 1024
const RowSchema = z.object({
  address: z.string(),
  port: z.number(),
  algorithm: z.string(),
  key_base64: z.string(),
  accepted_at: z.number(),
})

interface Filed {
  marker: KnownHostsLine['marker']
  algorithm: string
  keyBase64: string
  source: string
}

/** What ssh's files and the app's own table say about servers' keys. Files are read anew each time: they are small. */
export class HostKeys {
  readonly #database: WritableDatabase
  readonly #environment: Environment
  readonly #files: readonly string[]

  constructor(
    database: WritableDatabase,
    environment: Environment,
    files: readonly string[] = knownHostsFiles(environment.home),
  ) {
    this.#database = database
    this.#environment = environment
    this.#files = files
  }

  /**
   * Revoked wins over everything; then a key on file is known; then any other key on file for the address means that
   * it changed. Certificates are not negotiated, so a @cert-authority line neither vouches for a plain key nor speaks against it.
   */
  check(address: string, port: number, key: Buffer): HostKeyCheck {
    const shown = hostKeyOf(address, port, key)
    const filed = this.#filed(address, port)
    const listed = (some: Filed[]) =>
      some.map((one) => ({
        algorithm: one.algorithm,
        fingerprint: fingerprintOf(one.keyBase64),
        source: one.source,
      }))
    const same = filed.filter((one) => one.keyBase64 === shown.keyBase64)
    const revoked = same.filter((one) => one.marker === 'revoked')
    if (revoked.length > 0) return { status: 'revoked', key: shown, expected: listed(revoked) }
    const trusted = filed.filter((one) => one.marker === null)
    const status = trusted.length === 0 ? 'unknown' : trusted.some((one) => same.includes(one)) ? 'known' : 'changed'
    return { status, key: shown, expected: listed(trusted) }
  }

  /** The key types on file for a server: asked for first, or a second legitimate key would look like an attack. */
  knownAlgorithms(address: string, port: number): string[] {
    const trusted = this.#filed(address, port).filter((one) => one.marker === null)
    return [...new Set(trusted.map((one) => one.algorithm))]
  }

  accept(key: HostKey): void {
    const bytes = Buffer.from(key.keyBase64, 'base64')
    const shown = hostKeyOf(key.address, key.port, bytes)
    if (
      bytes.toString('base64') !== key.keyBase64 ||
      algorithmOf(bytes) !== key.algorithm ||
      shown.fingerprint !== key.fingerprint
    )
      throw new HeadroomError({
        code: 'HOST_KEY_INVALID',
        fact: 'The key and the fingerprint that were sent do not belong together.',
        fix: 'Read the key of the server again.',
        field: 'fingerprint',
        value: key.fingerprint,
      })
    const check = this.check(key.address, key.port, bytes)
    if (check.status === 'known') return
    const problem = hostKeyProblem(check)
    if (problem !== null && check.status !== 'unknown') throw problem
    this.#database
      .prepare('INSERT INTO host_key (address, port, algorithm, key_base64, accepted_at) VALUES (?, ?, ?, ?, ?)')
      .run(key.address.toLowerCase(), key.port, key.algorithm, key.keyBase64, Math.trunc(this.#environment.now()))
  }

  /** What a known_hosts file would add; `servers` are those whose hashed names can be told. Nothing is saved. */
  previewImport(text: string, servers: readonly { address: string; port: number }[]): KeyImport {
    return readKeyImport(text, servers, (address, port) =>
      this.#filed(address, port)
        .filter(({ marker }) => marker !== 'cert-authority')
        .map((one) => ({ ...one, fingerprint: fingerprintOf(one.keyBase64), revoked: one.marker === 'revoked' })),
    )
  }

  /** Adds what the preview of the same text says, all or nothing. */
  importKeys(text: string, servers: readonly { address: string; port: number }[]): KeyImport {
    const found = this.previewImport(text, servers)
    const insert = this.#database.prepare(
      'INSERT INTO host_key (address, port, algorithm, key_base64, accepted_at) VALUES (?, ?, ?, ?, ?)',
    )
    const at = Math.trunc(this.#environment.now())
    this.#database.transaction(() => {
      for (const { address, port, algorithm, keyBase64 } of found.adds)
        insert.run(address, port, algorithm, keyBase64, at)
    })()
    return found
  }

  list(): KnownKey[] {
    const own = this.#rows().map((row) => ({
      address: row.address,
      port: row.port,
      algorithm: row.algorithm,
      fingerprint: fingerprintOf(row.key_base64),
      keyBase64: row.key_base64,
      source: OWN,
      acceptedAt: row.accepted_at,
    }))
    const ofFiles = this.#files.flatMap((file) =>
      readLines(file)
        .filter((line) => line.marker === null)
        .flatMap((line) => serversOf(line.patterns).map((server) => ({ server, line, file }))),
    )
    return [
      ...own,
      ...ofFiles.map(({ server, line, file }) => ({
        ...server,
        algorithm: line.algorithm,
        fingerprint: fingerprintOf(line.keyBase64),
        keyBase64: line.keyBase64,
        source: file,
        acceptedAt: null,
      })),
    ]
  }

  /** The keys the operator accepted in this app, as lines of a known_hosts file. */
  acceptedLines(): string {
    return this.#rows()
      .map((row) => `${knownHostsName(row.address, row.port)} ${row.algorithm} ${row.key_base64}\n`)
      .join('')
  }

  forget(key: Pick<HostKey, 'address' | 'port' | 'fingerprint'>): void {
    const address = key.address.toLowerCase()
    const row = this.#rows().find(
      (one) => one.address === address && one.port === key.port && fingerprintOf(one.key_base64) === key.fingerprint,
    )
    if (row !== undefined) {
      this.#database
        .prepare('DELETE FROM host_key WHERE address = ? AND port = ? AND key_base64 = ?')
        .run(row.address, row.port, row.key_base64)
      return
    }
    const file = this.#filed(key.address, key.port).find((one) => fingerprintOf(one.keyBase64) === key.fingerprint)
    const name = key.port === 22 ? address : `[${address}]:${key.port}`
    throw new HeadroomError({
      code: file === undefined ? 'HOST_KEY_NOT_FOUND' : 'HOST_KEY_OF_SSH',
      fact:
        file === undefined
          ? `No key ${key.fingerprint} is on file for ${name}.`
          : `The key ${key.fingerprint} of ${name} is on file in ${file.source}, which belongs to ssh.`,
      fix: file === undefined ? 'It may have been removed already.' : `Remove it there: ssh-keygen -R '${name}'.`,
      field: 'fingerprint',
      value: key.fingerprint,
    })
  }

  #rows() {
    return this.#database
      .prepare('SELECT * FROM host_key ORDER BY address, port, algorithm')
      .all()
      .map((row) => RowSchema.parse(row))
  }

  #filed(address: string, port: number): Filed[] {
    const own = this.#rows()
      .filter((row) => row.address === address.toLowerCase() && row.port === port)
      .map((row) => ({ marker: null, algorithm: row.algorithm, keyBase64: row.key_base64, source: OWN }))
    const ofFiles = this.#files.flatMap((file) =>
      readLines(file)
        .filter((line) => namesServer(line.patterns, address, port))
        .map((line) => ({ ...line, source: file })),
    )
    return [...own, ...ofFiles]
  }
}

/** The files that ssh reads when nothing else is configured. */
function knownHostsFiles(home: string): string[] {
  return [join(home, '.ssh', 'known_hosts'), join(home, '.ssh', 'known_hosts2'), '/etc/ssh/ssh_known_hosts']
}

/** A file that is not there has no keys; one that cannot be read is an error, or a revoked key in it would be passed over. */
function readLines(file: string): KnownHostsLine[] {
  if (!existsSync(file)) return []
  try {
    const { size } = statSync(file)
    if (size > MAX_FILE_BYTES) throw new Error(`it is ${size} bytes long, more than ${MAX_FILE_BYTES}`)
    return parseKnownHosts(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new HeadroomError(
      {
        code: 'KNOWN_HOSTS_UNREADABLE',
        fact: `The known hosts in ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
        fix: 'Make the file readable for you; without it no server key can be checked.',
        value: file,
      },
      { cause: error },
    )
  }
}
