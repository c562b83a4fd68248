// node test/faults/run.mjs --seed S --count N: plays N fault schedules from the seed S on, and names each that breaks a
// promise with its seed; --seed 3,27,47 plays those. --lanes L plays so many side by side; --only kill-core,cut-link keeps to these faults; --electron: the desktop app as it was built
// last holds the core. Ctrl-C ends it after the schedules
// that are being played.
import { parseArgs } from 'node:util'
import { setUp } from '../../scripts/bootstrap.mjs'

setUp(import.meta.url)
const { FAULT_KINDS, scheduleOf } = await import('./schedule.ts')
const { playSeries } = await import('./series.ts')
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '10' },
    lanes: { type: 'string', default: '2' },
    only: { type: 'string' },
    electron: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const only = values.only?.split(',')
const unknown = only?.filter((kind) => !FAULT_KINDS.includes(kind)) ?? []
if (unknown.length > 0) {
  process.stderr.write(`There is no fault ${unknown.join(', ')}. There are: ${FAULT_KINDS.join(', ')}.\n`)
  process.exit(2)
}
const named = values.seed.split(',').map(Number)
const seeds = named.length > 1 ? named : Array.from({ length: Number(values.count) }, (_, i) => (named[0] ?? 1) + i)
const sum = { schedules: 0, broken: 0, edits: 0, rounds: 0, runs: 0 }
const broken = []
const enough = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => enough.abort())
const { electron } = values
await playSeries({ seeds, lanes: Number(values.lanes), only, electron, enough: enough.signal }, (outcome) => {
  sum.schedules += 1
  sum.edits += outcome.edits
  sum.rounds += outcome.rounds
  if (outcome.run !== 'none') sum.runs += 1
  const faults = scheduleOf(outcome.seed, only, electron).faults.map(
    ({ afterMs, fault }) => `+${afterMs} ${JSON.stringify(fault)}`,
  )
  if (outcome.breaches.length > 0) broken.push(outcome.seed)
  if (outcome.breaches.length > 0 || values.verbose)
    process.stdout.write(
      `seed ${outcome.seed}, ${(outcome.ms / 1000).toFixed(1)} s, ${outcome.edits} edits, ${outcome.rounds} rounds, run ${outcome.run}\n` +
        [...faults, ...outcome.said.map((text) => `said ${text}`), ...outcome.breaches.map((text) => `BROKEN ${text}`)]
          .map((line) => `  ${line}\n`)
          .join(''),
    )
  else if (sum.schedules % 10 === 0) process.stdout.write(`${sum.schedules} of ${seeds.length}\n`)
})
process.stdout.write(
  `${sum.schedules} schedules: ${broken.length} broke a promise${broken.length > 0 ? ` (seeds ${broken.join(', ')})` : ''}; ` +
    `${sum.edits} edits, ${sum.rounds} rounds and ${sum.runs} runs confirmed.\n`,
)
process.exitCode = broken.length === 0 ? 0 : 1
