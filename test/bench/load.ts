import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CORE_ENVIRONMENT, CORE_FLAGS } from '../../main/launch/index.ts'
import { joinLocally } from '../../main/link/index.ts'
import { type CoreClient, clientOver } from '../../shared/contract/client.ts'
import { freePort, loopbackAddresses } from '../lab/index.ts'
import { bundled } from './alone-model.ts'
import type { Bench } from './bench.ts'
import { treeCpuMs } from './cpu-model.ts'
import { startFleet } from './fleet-lab-model.ts'
import type { Load, Told } from './load-model.ts'

const given = (name: string, usual: number) =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? usual)
/** `npm run bench -- load --gigabytes=5` is the full size. */
const HOSTS = given('hosts', 500)
const RUNS = given('runs', 10)
const LINES = given('lines', 1_000_000)
const GIGABYTES = given('gigabytes', 1)
/** `--profile=FOLDER` leaves a CPU profile of the core there. */
const PROFILE = process.argv.find((word) => word.startsWith('--profile='))?.slice('--profile='.length)
const LATE_MS = 20 * 60_000
const MIB = 1024 * 1024

/** What a person does all the while, each timed. */
const QUESTIONS: Record<string, (core: CoreClient, hostId: string) => Promise<unknown>> = {
  'the fleet': (core) => core.fleet.overview(),
  'a chart of a week': (core, hostId) =>
    core.metrics.slice({ hostId, metric: 'load1', from: Date.now() - 7 * 86_400_000, to: Date.now(), widthPx: 800 }),
  'the list of runs': (core) => core.playbooks.runs(),
  'an edit': async (core) => {
    const base = (await core.plan.current())?.revision ?? 0
    return await core.plan.edit({ base, edit: { op: 'set', path: ['name'], value: `Plan ${Math.random()}` } })
  },
}

/** Hundreds of servers measured, many runs that print at once, and a large workspace, while somebody uses the program. */
export default async function load(): Promise<Bench> {
  const fleet = await startFleet(HOSTS - RUNS, { recorded: true })
  const { lab } = fleet
  const next = loopbackAddresses()
  const worked = Array.from({ length: RUNS }, next)
  // Each address is a machine of its own, with its own lock for runs.
  const config = worked.flatMap((address) => [
    `Match LocalAddress ${address}`,
    `  SetEnv XDG_STATE_HOME=${join(lab.folder, 'state', address)}`,
  ])
  const real = await lab.startServer({ address: '0.0.0.0', port: await freePort('0.0.0.0'), config })
  const known = worked.map((address) => `[${address}]:${real.port} ${real.hostKey.publicLine}\n`).join('')
  const child = fork(await bundled('load-model'), [], {
    execArgv: [...CORE_FLAGS, ...(PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`])],
    env: { ...CORE_ENVIRONMENT, ...process.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const ready = Promise.withResolvers<Extract<Told, { kind: 'ready' }>>()
  let most = 0
  let rounds = 0
  let coreCpuMs = 0
  const held: number[] = []
  const failures = new Set<string>()
  child.on('message', (told: Told) => {
    coreCpuMs = told.cpuMs
    if (told.kind === 'ready') return ready.resolve(told)
    most = Math.max(most, told.rss)
    rounds = told.rounds
    held.push(told.heldMs)
    for (const one of told.failures) failures.add(one)
  })
  const asked: Load = {
    polled: { addresses: fleet.addresses, port: fleet.sshd.port },
    worked: { addresses: worked, port: real.port },
    ...{ user: lab.user, keyPath: lab.keys.plain.path, knownHosts: fleet.knownHosts + known },
    ...{ resources: fleet.resources, bytes: GIGABYTES * 1e9, linesPerRun: Math.floor(LINES / RUNS) },
  }
  child.send(asked)
  const opened = await Promise.race([ready.promise, ended.then(() => null), delay(LATE_MS, null, { ref: false })])
  if (opened === null) throw new Error('the core did not open the workspace')
  process.stderr.write(`  ${(opened.bytes / 1e9).toFixed(2)} GB opened in ${opened.openMs.toFixed(0)} ms\n`)
  const link = await joinLocally(opened.folder)
  if (link === null) throw new Error('the core cannot be joined')
  const core = clientOver(link)
  await core.plan.choose({ blueprintId: 'tenant-guide' })
  const over = new AbortController()
  const answers = use(core, worked[0] ?? '', over.signal)
  const began = performance.now()
  const servers = () => [fleet.sshd, real].reduce((sum, { pid }) => sum + treeCpuMs(pid), 0)
  const before = { core: coreCpuMs, here: process.cpuUsage(), servers: servers() }
  const faults = await Promise.all(worked.map((host) => printed(core, host)))
  const runsMs = performance.now() - began
  // As long as three rounds of everything take, with and without the runs.
  while (performance.now() - began < 45_000) await delay(500)
  const wholeMs = performance.now() - began
  over.abort()
  const times = await answers
  link.close()
  const here = process.cpuUsage(before.here)
  const ofOne = (ms: number) => `${((100 * ms) / wholeMs).toFixed(0)}%`
  process.stderr.write(
    `  of one processor: core ${ofOne(coreCpuMs - before.core)}, the servers' sshd and shells ${ofOne(servers() - before.servers)}, who asks ${ofOne((here.user + here.system) / 1000)}\n` +
      `  the core's thread was held at most ${Math.max(...held).toFixed(0)} ms; of each second at most ${percentile(held, 0.5).toFixed(0)} ms in the middle\n`,
  )
  return {
    check() {
      const expected = (HOSTS * wholeMs) / 15_000
      return [
        ...faults.flat(),
        ...(rounds < expected * 0.8 ? [`${rounds} rounds instead of ${Math.round(expected)}.`] : []),
        ...(failures.size > 0 ? [`Rounds failed: ${[...failures].slice(0, 5).join(' ')}`] : []),
      ]
    },
    claims: [
      {
        name: `${GIGABYTES} GB of history: opening`,
        ...{ ours: () => opened.openMs, atMost: 5000, rounds: 1, warmUp: 0 },
      },
      {
        name: `${RUNS} runs at once, ${LINES.toLocaleString('en')} lines, beside ${HOSTS} hosts every 15 s`,
        ...{ ours: () => runsMs / 1000, unit: 's', atMost: 120, rounds: 1, warmUp: 0 },
      },
      ...Object.entries(times).map(([name, all]) => ({
        name: `meanwhile, ${name}: 95 of 100 answers within`,
        ...{ ours: () => percentile(all, 0.95), atMost: 500, rounds: 1, warmUp: 0 },
      })),
      {
        name: 'memory of the core (RSS), at most',
        ...{ ours: () => most / MIB, unit: 'MiB', atMost: 600, rounds: 1, warmUp: 0 },
      },
    ],
    async close() {
      if (child.exitCode === null) {
        child.send('end')
        await ended
      }
      await fleet.close()
    },
  }
}

/** Asks one thing after the other until it is enough, and gives the milliseconds of each answer. */
async function use(core: CoreClient, hostId: string, until: AbortSignal): Promise<Record<string, number[]>> {
  const times = Object.fromEntries(Object.keys(QUESTIONS).map((name) => [name, [] as number[]]))
  while (!until.aborted)
    for (const [name, ask] of Object.entries(QUESTIONS)) {
      const began = performance.now()
      await ask(core, hostId)
      times[name]?.push(performance.now() - began)
      await delay(50)
    }
  return times
}

/** Runs the playbook on a server to its end, and reads every line again: whole and in order, or what is wrong. */
async function printed(core: CoreClient, host: string): Promise<string[]> {
  const asked = { playbookId: 'print', parameters: { host } }
  const { hash, problems } = await core.playbooks.preview(asked)
  if (problems[0]) return [`${host}: ${problems[0].fact}`]
  const { id: runId } = await core.playbooks.start({ ...asked, previewHash: hash })
  for await (const { state, problem } of await core.playbooks.follow({ runId })) {
    if (state === 'running') continue
    if (state !== 'succeeded') return [`The run on ${host} is ${state}: ${problem?.fact}`]
    break
  }
  let expected = 0
  let afterSeq = 0
  for (let more = true; more; ) {
    const page = await core.playbooks.output({ runId, afterSeq, limit: 2000 })
    for (const { text, stream } of page.lines)
      if (stream === 'stdout' && text !== String(++expected)) return [`${host}: line ${expected} reads ${text}.`]
    afterSeq = page.lines.at(-1)?.seq ?? afterSeq
    more = page.more
  }
  return expected === Math.floor(LINES / RUNS) ? [] : [`${host}: ${expected} lines.`]
}

function percentile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? Number.POSITIVE_INFINITY
}
