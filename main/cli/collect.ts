import { formatQuantity } from '../../shared/format/quantity.ts'
import type { Host } from '../../shared/model/host.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Call, type Command, done } from './command.ts'
import { findHost } from './find-host.ts'
import { problemFrom } from './problem-from.ts'

export const collect: Command = {
  words: ['collect'],
  usage: 'collect [HOST] [--watch]',
  summary: 'measures one server or all of them now; --watch goes on until Ctrl-C',
  options: { watch: { type: 'boolean' } },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const { core, positionals, values, signal } = call
    const named = positionals[0]
    const hosts = named === undefined ? await core.hosts.list() : [await findHost(core, named)]
    if (hosts.length === 0) {
      throw new HeadroomError({
        code: 'NO_HOSTS',
        fact: 'There are no servers to measure.',
        fix: 'Add one with `headroom hosts add`.',
      })
    }
    if (values.watch !== true) {
      const rounds = await measure(call, hosts)
      return done(rounds, rounds.every(({ problem }) => problem === null) ? 0 : 1)
    }
    const { collectEveryMs } = await core.app.settings()
    while (!signal.aborted) {
      const rounds = await measure(call, hosts)
      if (call.json) call.terminal.result(rounds)
      await pause(collectEveryMs, signal)
    }
    return done(undefined)
  },
}

async function measure({ core, terminal }: Call, hosts: readonly Host[]) {
  const rounds = []
  for (const host of hosts) {
    try {
      const round = await core.metrics.collect({ hostId: host.id })
      const latest = await core.metrics.latest({ hostId: host.id })
      const cost = round.cpuMs === null ? '' : `, for ${Math.round(round.cpuMs)} ms of its CPU time`
      terminal.say(`${host.name}: ${round.samples} values in ${Math.round(round.probeMs)} ms${cost}`)
      terminal.table(
        latest.map(({ series, value }) => [
          `  ${series.metric}${labels(series.labels)}`,
          formatQuantity(value, series.unit),
        ]),
      )
      if (round.notFound.length > 0) terminal.say(`  not on this server: ${round.notFound.join(', ')}`)
      rounds.push({ host: host.name, ...round, latest, problem: null })
    } catch (error) {
      const problem = problemFrom(error)
      terminal.say(`${host.name}: ${problem.fact} ${problem.fix}`)
      rounds.push({ host: host.name, problem })
    }
  }
  return rounds
}

function labels(of: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(of).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
