// What comes whole from elsewhere: exported workspaces, and the price lists of providers.
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { PRICE_SOURCES } from '../../../main/core/plan/price-sources/index.ts'
import { createAsk } from '../../../main/core/plan/price-sources/price-reader.ts'
import { openWorkspace } from '../../../main/core/workspace/index.ts'
import { readExport } from '../../../main/core/workspace/transfer/read-export.ts'
import { readTar, TAR_END, type TarEntry, tarEntry } from '../../../main/core/workspace/transfer/tar.ts'
import { writeExport } from '../../../main/core/workspace/transfer/write-export.ts'
import { PriceSchema } from '../../../shared/model/catalogue.ts'
import { testEnvironment } from '../../fixtures/environment.ts'
import { type FuzzTarget, holds } from '../target.ts'

const LIMITS = { entryBytes: 1 << 20, entries: 100, totalBytes: 4 << 20 }
const VAULT = { salt: 'c2FsdA==', cost: 2 ** 15, proof: 'cHJvb2Y=' }

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** An export of a small workspace as its parts, but for the digests. */
async function exported(): Promise<TarEntry[]> {
  const environment = testEnvironment()
  const workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
  workspace.app
    .prepare(
      "INSERT INTO host (id, name, kind, address, auth_kind, created_at) VALUES ('h', 'web', 'ssh', 'web', 'agent', 1)",
    )
    .run()
  workspace.saveSetting('collectEveryMs', 15_000)
  workspace.metrics.exec(`
    INSERT INTO series (id, host_id, metric, labels, unit) VALUES (1, 'h', 'load1', '{}', 'load');
    INSERT INTO head VALUES (1, 1000, 0.5);
    INSERT INTO clock (id, from_at, to_at, n, data) VALUES (1, 0, 900, 2, x'00');`)
  mkdirSync(join(workspace.folder, 'playbooks'))
  writeFileSync(join(workspace.folder, 'playbooks', 'own.yaml'), 'format: headroom/playbook@1\n')
  const file = join(environment.folder, 'whole')
  writeExport({
    ...{ workspace: workspace.folder, file },
    sealed: { vault: VAULT, secrets: [{ name: 'host/h/login', sealed: 'c2VhbGVk' }] },
  })
  workspace.close()
  const parts: TarEntry[] = []
  for await (const part of readTar(once(gunzipSync(readFileSync(file))), LIMITS)) parts.push(part)
  environment.dispose()
  return parts.filter(({ name }) => name !== 'SHA256SUMS')
}

const parts = await exported()
const part = (name: string) => `${name}\n${parts.find((one) => one.name === name)?.body.toString() ?? ''}`
const named = (start: string) => part(parts.find(({ name }) => name.startsWith(start))?.name ?? '')
const folder = mkdtempSync(join(tmpdir(), 'headroom-fuzz-brought-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const fixtures = join(import.meta.dirname, '../../fixtures/price-sources')
const list = (file: string) => readFileSync(join(fixtures, file), 'utf8')
let answer = ''
let listening: Promise<{ server: Server; origin: string }> | null = null

/** A provider on this computer, which answers everything with the text that is read. */
function provider(): Promise<{ server: Server; origin: string }> {
  listening ??= new Promise((resolve) => {
    const server = createServer((_request, response) => response.end(answer))
    server.unref()
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    )
  })
  return listening
}

export const broughtTargets: FuzzTarget[] = [
  {
    name: 'workspace export (archive)',
    seeds: [
      Buffer.concat([...parts.slice(0, 3).map(({ name, body }) => tarEntry(name, body)), TAR_END]).toString('latin1'),
    ],
    words: ['\0', '../', '/etc/passwd', 'ustar\0', '00000000777\0', 'headroom.json', '2', 'L', 'x'],
    async reads(text) {
      const bytes = Buffer.from(text, 'latin1')
      let read = 0
      for await (const { body } of readTar(once(bytes), LIMITS)) read += body.length
      holds(read <= bytes.length, 'more is read than there is')
    },
  },
  {
    name: 'workspace export (a part of it)',
    seeds: [
      ...[part('headroom.json'), part('secrets.json'), part('playbooks/own.yaml'), part('app.db/host.000001.jsonl')],
      ...[named('metrics.db/series'), named('metrics.db/head'), named('metrics.db/clock'), named('app.db/setting')],
    ],
    words: [
      '{"b":"AA=="}',
      '{"n":"9223372036854775808"}',
      'null',
      '[',
      ']\n',
      '../',
      'app.db/',
      '000002',
      '"',
      '1e309',
    ],
    inTests: 25,
    async reads(text) {
      const at = text.indexOf('\n')
      const [name, body] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
      // A name that no archive can hold is none that comes in one.
      if (name === '' || name.includes('\0') || Buffer.byteLength(name) > 90) return
      const known = parts.some((one) => one.name === name)
      const given = { name, body: Buffer.from(body) }
      const all = known ? parts.map((one) => (one.name === name ? given : one)) : [...parts, given]
      const sums = all.map((one) => `${createHash('sha256').update(one.body).digest('hex')}  ${one.name}\n`).join('')
      const archive = [
        ...all.map((one) => tarEntry(one.name, one.body)),
        tarEntry('SHA256SUMS', Buffer.from(sums)),
        TAR_END,
      ]
      const own = join(folder, randomUUID())
      const into = join(own, 'into')
      mkdirSync(into, { recursive: true })
      writeFileSync(join(own, 'file'), gzipSync(Buffer.concat(archive), { level: 1 }))
      try {
        const { files } = await readExport({ file: join(own, 'file'), into, limits: LIMITS })
        holds(files.length === 2, 'a database is missing')
      } finally {
        const outside = [...readdirSync(own), ...readdirSync(folder)].filter((one) => !KNOWN.test(one))
        rmSync(own, { recursive: true, force: true })
        holds(outside.length === 0, `${outside.join(', ')} was written beside its folder`)
      }
    },
  },
  {
    name: 'price lists of providers',
    seeds: [
      // What two questions are answered with, in one: each takes what it asked for.
      `hetzner\n${JSON.stringify({ ...JSON.parse(list('hetzner.json')), ...JSON.parse(list('hetzner-pricing.json')) })}`,
      ...['vultr', 'linode', 'digitalocean', 'scaleway', 'ovh'].map((id) => `${id}\n${list(`${id}.json`)}`),
      `aws\n${list('aws-ec2.csv')}`,
    ],
    words: ['null', '-1', '1e999', '"net":', '"next_page":2', '"prices":[', '[]', '""', 'EUR', '0.0000001', '","'],
    inTests: 60,
    async reads(text) {
      const at = text.indexOf('\n')
      const source = PRICE_SOURCES.find(({ id }) => id === text.slice(0, Math.max(0, at)))
      if (source === undefined) return
      answer = text.slice(at + 1)
      const { origin } = await provider()
      const ask = createAsk({
        ...{ source: { name: source.name, origin }, region: source.regions[0] ?? 'all', today: '2026-11-21' },
        ...{ token: null, signal: AbortSignal.timeout(60_000), limits: { silenceMs: 20_000 } },
      })
      for (const price of (await source.read(ask)).prices) {
        const read = PriceSchema.safeParse(price)
        holds(read.success, `no price: ${JSON.stringify(price).slice(0, 300)}`)
        for (const amount of [price.monthly, price.hourly])
          holds(amount === null || (Number.isFinite(amount) && amount >= 0), `it costs ${amount}`)
      }
    },
    async close() {
      ;(await listening)?.server.close()
      listening = null
    },
  },
]

/** What stands in the folders of a reading: the file, what is made of it, and the folders of others. */
const KNOWN = /^(?:file|into|[0-9a-f]{8}-[0-9a-f-]{27})$/
