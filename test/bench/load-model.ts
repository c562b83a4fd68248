import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openCore } from '../../main/core/index.ts'
import { SampleStore } from '../../main/core/metrics/store.ts'
import { openWorkspace } from '../../main/core/workspace/index.ts'
import { listenLocally } from '../../main/link/index.ts'
import { testEnvironment } from '../fixtures/environment.ts'

/** Servers that answer at one port, and what is to be done with them. */
export interface Load {
  /** Measured only; each answers with a recorded round. */
  polled: { addresses: string[]; port: number }
  /** Measured, and playbooks run on them. */
  worked: { addresses: string[]; port: number }
  user: string
  keyPath: string
  knownHosts: string
  resources: string
  /** What metrics.db shall have at the start. */
  bytes: number
  linesPerRun: number
}

/** What the model tells: first that it can be joined, then each second what the process holds. */
export type Told =
  | { kind: 'ready'; folder: string; bytes: number; openMs: number; cpuMs: number }
  | { kind: 'second'; rss: number; rounds: number; failures: string[]; heldMs: number; cpuMs: number }

const STEP_MS = 15_000
/** A week of samples, which is as long as they are kept whole. */
const HISTORY_MS = 6.5 * 86_400_000

/** The workspace is filled by a process of its own, so that this one holds what the core needs and nothing else. */
const PREPARE = 'prepare'
if (process.argv[2] === PREPARE)
  process.once('message', ({ folder, load }: { folder: string; load: Load }) => fillOnly(folder, load))
else process.once('message', (load: Load) => void run(load))

function fillOnly(folder: string, load: Load): void {
  const environment = testEnvironment({ real: true })
  prepare(folder, environment, load)
  environment.dispose()
  process.disconnect()
}

/** The whole core on a large workspace, with nothing else in its process; the lab is held by the other one. */
async function run(load: Load): Promise<void> {
  const environment = { ...testEnvironment({ real: true }), resources: load.resources }
  mkdirSync(join(environment.home, '.ssh'))
  appendFileSync(join(environment.home, '.ssh', 'known_hosts'), load.knownHosts)
  const folder = join(environment.folder, 'workspace')
  const filling = fork(import.meta.filename, [PREPARE], { execArgv: [] })
  filling.send({ folder, load })
  const [code] = await once(filling, 'exit')
  if (code !== 0) throw new Error(`the workspace could not be filled: ${code}`)
  const bytes = statSync(join(folder, 'metrics.db')).size
  const began = performance.now()
  const core = await openCore({ folder, environment })
  const { metrics, alerts, hosts, events } = core.areas
  const local = await listenLocally(folder, core.serve)
  tell({ kind: 'ready', folder, bytes, openMs: performance.now() - began, cpuMs: cpuMsSoFar() })
  let rounds = 0
  const failures = new Set<string>()
  events.listen((event) => {
    if (event.kind === 'samples') rounds += 1
    if (event.kind === 'hosts')
      for (const { problem } of hosts.list()) if (problem !== null) failures.add(`${problem.code}: ${problem.fact}`)
  })
  const held = monitorEventLoopDelay({ resolution: 5 })
  held.enable()
  metrics.start()
  alerts.start()
  const timer = setInterval(() => {
    const heldMs = held.max / 1e6
    held.reset()
    const rss = process.memoryUsage.rss()
    tell({ kind: 'second', rss, rounds, failures: [...failures], heldMs, cpuMs: cpuMsSoFar() })
  }, 1000)
  process.once('message', () => {
    clearInterval(timer)
    void local
      .close()
      .then(() => core.close())
      .then(() => {
        environment.dispose()
        process.exit(0)
      })
  })
}

function cpuMsSoFar(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const tell = (told: Told) => process.send?.(told)

/** The servers, a playbook that prints, and a week of history, packed as the collector packs it. */
function prepare(folder: string, environment: Parameters<typeof openWorkspace>[1], load: Load): void {
  const workspace = openWorkspace(folder, environment)
  const add = workspace.app.prepare(
    `INSERT INTO host (id, name, kind, address, port, user, auth_kind, key_path, created_at)
     VALUES (?, ?, 'ssh', ?, CAST(? AS INTEGER), ?, 'key', ?, 1)`,
  )
  const all: string[] = []
  for (const { addresses, port } of [load.polled, load.worked])
    for (const address of addresses) {
      all.push(address)
      add.run(address, address, address, port, load.user, load.keyPath)
    }
  mkdirSync(join(folder, 'playbooks'), { recursive: true })
  writeFileSync(
    join(folder, 'playbooks', 'print.yaml'),
    `format: headroom/playbook@1
id: print
name: Print
summary: Prints many lines
parameters:
  - { name: host, label: Server, type: host }
steps:
  - { id: print, name: Print, kind: run, host: '\${{ host }}', command: 'seq 1 ${load.linesPerRun}' }
`,
  )
  fill(workspace.metrics, new SampleStore(workspace.metrics), all, environment.now(), load.bytes)
  workspace.close()
}

/** One series of a week is made as the collector makes it; its blocks are then those of as many series as are needed. */
function fill(
  database: ReturnType<typeof openWorkspace>['metrics'],
  store: SampleStore,
  hosts: readonly string[],
  now: number,
  bytes: number,
): void {
  const first = store.ensureSeries(hosts[0] ?? '', 'load1', {})
  const length = Math.floor(HISTORY_MS / STEP_MS)
  const at = Float64Array.from({ length }, (_, i) => now - HISTORY_MS + i * STEP_MS)
  store.fill(first, { at, value: at.map((_time, i) => 2 + Math.sin(i / 700) + ((i * 7919) % 1000) / 1000) }, now)
  const perSeries = database
    .prepare('SELECT sum(length(data) + 60) FROM block WHERE series_id = CAST(? AS INTEGER)')
    .pluck()
    .get(first.id) as number
  const series = Math.max(hosts.length, Math.ceil(bytes / perSeries))
  database.pragma('synchronous = OFF')
  database.transaction(() => {
    const make = database.prepare(`INSERT OR IGNORE INTO series (host_id, metric, labels, unit) VALUES (?, ?, ?, ?)`)
    const copy = database.prepare(
      `INSERT INTO block (series_id, from_at, to_at, n, min, max, sum, codec, data, clock_id)
       SELECT CAST(? AS INTEGER), from_at, to_at, n, min, max, sum, codec, data, clock_id FROM block
       WHERE series_id = CAST(? AS INTEGER)`,
    )
    for (let i = 1; i < series; i++) {
      const host = hosts[i % hosts.length] ?? ''
      const turn = Math.floor(i / hosts.length)
      const { lastInsertRowid } = make.run(
        ...[host, turn === 0 ? 'load1' : 'disk_used_ratio', turn === 0 ? '{}' : `{"mount":"/data${turn}"}`],
        turn === 0 ? 'load' : 'ratio',
      )
      copy.run(Number(lastInsertRowid), first.id)
    }
  })()
  database.pragma('synchronous = NORMAL')
}
