import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parameters } from '../../main/core/metrics/probe.ts'
import { startCluster } from '../lab/index.ts'
import type { Bench } from './bench.ts'
import { type Fleet, spent, spentHere, startFleet } from './fleet-lab-model.ts'

const HOSTS = 100
/** What the peers have at work at once. */
const AT_ONCE = 50

/**
 * Rounds over 100 hosts by the production path (hosts, probe, parser, rates, store) against what an operator would use
 * instead. CPU is that of the programs which ask: of OpenSSH the clients and the masters that hold their connections.
 */
export default async function fleet(): Promise<Bench> {
  const replayed = await startFleet(HOSTS, { recorded: true })
  const probed = await startFleet(HOSTS, { recorded: false })
  const cluster = await startCluster(probed.lab, { address: '127.0.0.1' })
  const script = readFileSync(probed.probe, 'utf8')
  /** The probe, as it is sent to a host whose PostgreSQL is asked, or not. */
  const sent = (postgres: Parameters<typeof parameters>[0]) => {
    const file = join(probed.folder, postgres ? 'probe-postgres' : 'probe')
    writeFileSync(file, parameters(postgres) + script)
    return file
  }
  const costOf = async (file: string) => (await spent(`for i in {1..20}; do sh -s <${file}; done`)).cpuMs / 20
  const plain = sent(null)
  const dear = join(probed.folder, 'probe-dear')
  writeFileSync(dear, `HEADROOM_SLOW=1\n${readFileSync(plain, 'utf8')}`)
  const withPostgres = sent({ via: 'psql', socketOrHost: cluster.socket, port: cluster.port, user: 'postgres' })
  const warm = replayed.open()
  const whole = probed.open()
  const masters = await mastersOf(replayed)
  const wholeMasters = await mastersOf(probed)
  const list = join(replayed.folder, 'hosts')
  writeFileSync(list, replayed.addresses.map((address) => `${address}\n`).join(''))
  const wholeList = join(probed.folder, 'hosts')
  writeFileSync(wholeList, probed.addresses.map((address) => `${address}\n`).join(''))
  const inventory = join(probed.folder, 'inventory')
  writeFileSync(inventory, probed.addresses.map((address) => `${address}\n`).join(''))

  const multiplexed = () => spent(`xargs -a ${list} -P ${AT_ONCE} -I@ ssh -n -F ${masters} @ sh -s`)
  // With its dear parts, as a round that is asked for has them.
  const wholeMultiplexed = () =>
    spent(
      `probe=$(cat ${dear}); xargs -a ${wholeList} -P ${AT_ONCE} -I@HOST@ ssh -n -F ${wholeMasters} @HOST@ "$probe"`,
    )
  const alone = replayed.sshConfig('alone')
  const parallelSsh = () =>
    spent(`parallel-ssh -h ${list} -p ${AT_ONCE} -t 120 -x '-F ${alone}' -I 'sh -s' <${replayed.probe}`)
  const ansible = () =>
    spent(`ansible all -i ${inventory} -m setup -f ${AT_ONCE} -o`, {
      ANSIBLE_SSH_ARGS: `-F ${probed.sshConfig('ansible', ['ControlMaster no'])}`,
      ANSIBLE_HOME: join(probed.folder, 'ansible'),
      ANSIBLE_LOCAL_TEMP: join(probed.folder, 'ansible'),
      ANSIBLE_REMOTE_TEMP: join(probed.folder, 'ansible-remote'),
      ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
      LC_ALL: 'C.UTF-8',
    })
  const cold = async (from: typeof replayed) => {
    const fresh = from.open()
    try {
      return (await spentHere(() => firstSamples(fresh))).wallMs
    } finally {
      await Promise.allSettled(fresh.ids.map((id) => fresh.metrics.collect(id)))
      await fresh.close()
    }
  }
  const wall = (one: Promise<{ wallMs: number }>) => one.then(({ wallMs }) => wallMs)
  const cpu = (one: Promise<{ cpuMs: number }>) => one.then(({ cpuMs }) => cpuMs)

  return {
    async check() {
      await Promise.all([warm.round(), whole.round()])
      const faults: string[] = []
      for (const { open, metrics, ids } of [warm, whole])
        for (const id of ids) {
          const values = metrics.latest(id).length
          if (values < 40) faults.push(`${id} has only ${values} values.`)
          if (open.hosts.get(id).state !== 'up') faults.push(`${id} is ${open.hosts.get(id).state}.`)
        }
      return faults
    },
    claims: [
      {
        name: `a round of ${HOSTS} hosts over kept connections, time`,
        ours: () => wall(spentHere(() => warm.round())),
        ...{ peer: { name: 'OpenSSH multiplexed', round: () => wall(multiplexed()) }, atMost: 0.6 },
      },
      {
        name: `a round of ${HOSTS} hosts over kept connections, CPU`,
        ours: () => cpu(spentHere(() => warm.round())),
        ...{
          peer: { name: 'OpenSSH multiplexed', round: () => withMasters(replayed.folder, multiplexed) },
          atMost: 0.2,
        },
      },
      {
        name: `the same where these ${HOSTS} hosts run the probe on two cores, time`,
        ours: () => wall(spentHere(() => whole.round())),
        peer: { name: 'OpenSSH multiplexed', round: () => wall(wholeMultiplexed()) },
        ...{ atMost: 1, rounds: 5, warmUp: 1 },
      },
      {
        name: `${HOSTS} hosts, cold`,
        ...{ ours: () => cold(replayed), peer: { name: 'parallel-ssh', round: () => wall(parallelSsh()) } },
        ...{ atMost: 0.8, rounds: 5, warmUp: 1 },
      },
      {
        name: `${HOSTS} hosts, cold, the probe run here`,
        ...{ ours: () => cold(probed), peer: { name: 'ansible -m setup', round: () => wall(ansible()) } },
        ...{ atMost: 0.05, rounds: 1, warmUp: 0 },
      },
      {
        name: 'CPU of one probe on its host',
        ours: () => costOf(plain),
        ...{ atMost: 50, rounds: 5, warmUp: 1 },
      },
      {
        name: 'CPU of one probe with what is asked once a minute',
        ours: () => costOf(dear),
        ...{ atMost: 50, rounds: 5, warmUp: 1 },
      },
      {
        name: 'CPU of one probe that asks PostgreSQL too',
        ours: () => costOf(withPostgres),
        ...{ atMost: 50, rounds: 5, warmUp: 1 },
      },
    ],
    async close() {
      await spent(`xargs -a ${list} -P ${AT_ONCE} -I@ ssh -F ${masters} -O exit @ 2>&1 || true`)
      await spent(`xargs -a ${wholeList} -P ${AT_ONCE} -I@ ssh -F ${wholeMasters} -O exit @ 2>&1 || true`)
      await warm.close()
      await whole.close()
      await replayed.close()
      await probed.close()
    },
  }
}

/** CPU of a round in milliseconds, with that of the processes which hold connections in this folder. */
async function withMasters(folder: string, round: () => Promise<{ cpuMs: number }>): Promise<number> {
  const before = mastersCpuMs(folder)
  const { cpuMs } = await round()
  return cpuMs + mastersCpuMs(folder) - before
}

const MS_PER_TICK = 10

function mastersCpuMs(folder: string): number {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .reduce((sum, pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/m-`)) return sum
        // User and system time stand 12 places behind the state (proc(5)).
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return sum + (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
      } catch {
        return sum
      }
    }, 0)
}

/** Resolves when each host has its first round stored: a new core asks each one twice, a second apart. */
async function firstSamples({ open, metrics, ids }: Fleet): Promise<void> {
  const waiting = new Set(ids)
  await new Promise<void>((resolve, reject) => {
    const stop = open.events.listen((event) => {
      if (event.kind === 'samples') waiting.delete(event.hostId)
      if (waiting.size > 0) return
      stop()
      resolve()
    })
    for (const id of ids) metrics.collect(id).catch(reject)
  })
}

/** Connections of OpenSSH that are kept, one a host; gives the configuration that uses them. */
async function mastersOf(lab: Awaited<ReturnType<typeof startFleet>>): Promise<string> {
  const config = lab.sshConfig('masters', [
    ...['ControlMaster auto', `ControlPath ${lab.folder}/m-%C`, 'ControlPersist 3600'],
  ])
  const list = join(lab.folder, 'masters')
  writeFileSync(list, lab.addresses.map((address) => `${address}\n`).join(''))
  await spent(`xargs -a ${list} -P 8 -I@ ssh -n -F ${config} @ true`)
  return config
}
