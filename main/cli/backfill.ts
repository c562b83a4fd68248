import type { CoreClient } from '../../shared/contract/client.ts'
import { formatDuration } from '../../shared/format/duration.ts'
import { METRICS } from '../../shared/metrics/catalogue.ts'
import type { BackfillJob } from '../../shared/model/backfill.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { readCsvFile } from '../core/index.ts'
import { type Call, type Command, done, type Result, text } from './command.ts'
import { findHost } from './find-host.ts'
import { labelsOf } from './labels.ts'
import { numberOption, UsageError } from './usage-error.ts'

const LOOK_EVERY_MS = 250
const SENT_AT_ONCE = 20_000

export const backfill: Command = {
  words: ['backfill'],
  usage:
    'backfill HOST [sysstat|prometheus|FILE.csv METRIC [LABEL=VALUE...]] [--days N] [--folder PATH] [--value V] [--percent] [--time COLUMN] [--column COLUMN] [--resume JOB]',
  summary: "takes in a server's history: sysstat archives (the default), the workspace's Prometheus, or a CSV file",
  options: {
    days: { type: 'string' },
    folder: { type: 'string' },
    value: { type: 'string' },
    percent: { type: 'boolean' },
    time: { type: 'string' },
    column: { type: 'string' },
    resume: { type: 'string' },
  },
  positionals: { min: 1, max: 12 },
  async run(call) {
    const { core, positionals, values } = call
    const [hostWord = '', from = 'sysstat', ...rest] = positionals
    const host = await findHost(core, hostWord)
    const resumed = text(values, 'resume')
    if (resumed !== undefined) return follow(call, await core.backfill.resume({ jobId: resumed }))
    if (from === 'sysstat') {
      const folder = text(values, 'folder')
      return follow(
        call,
        await core.backfill.start({ hostId: host.id, source: { kind: 'sysstat', ...(folder ? { folder } : {}) } }),
      )
    }
    if (from === 'prometheus') {
      const [days, value] = [text(values, 'days'), text(values, 'value')]
      return follow(
        call,
        await core.backfill.start({
          hostId: host.id,
          source: {
            kind: 'prometheus',
            ...(days === undefined ? {} : { days: numberOption('days', days) }),
            ...(value === undefined ? {} : { value }),
          },
        }),
      )
    }
    const [metric, ...labelWords] = rest
    if (metric === undefined)
      throw new UsageError('Which metric is it? Write it after the file, such as cpu_used_ratio.')
    return file(call, host.id, from, metric, labelsOf(labelWords))
  },
}

/** Says how it goes until it has ended; Ctrl-C cancels it, and what was stored stays. */
async function follow({ core, terminal, signal, json }: Call, started: BackfillJob): Promise<Result> {
  let job = started
  let said = ''
  while (job.state === 'running') {
    if (signal.aborted) {
      job = await core.backfill.cancel({ jobId: job.id })
      break
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    job = await jobOf(core, job)
    const { done: parts, total } = job.parts
    const left = job.leftMs === null ? '' : `, ${formatDuration(job.leftMs)} left`
    const line = `${parts} of ${total} parts, ${job.samples.stored.toLocaleString('en')} samples${left}`
    if (!json && job.state === 'running' && total > 0 && line !== said) {
      said = line
      terminal.say(line)
    }
  }
  const { stored, dropped } = job.samples
  for (const note of job.notes) terminal.say(note)
  if (job.problem) throw new HeadroomError(job.problem)
  terminal.say(
    `${job.state === 'done' ? 'Taken in' : 'Stopped after'}: ${stored.toLocaleString('en')} samples of ${job.series} series${span(job)}.`,
  )
  if (dropped > 0) terminal.say(`${dropped.toLocaleString('en')} told of times that were known already.`)
  if (job.state !== 'done') terminal.say(`Go on with: headroom backfill HOST --resume ${job.id}`)
  return done(job, job.state === 'done' ? 0 : 1)
}

async function jobOf(core: CoreClient, job: BackfillJob): Promise<BackfillJob> {
  const all = await core.backfill.jobs({ hostId: job.hostId })
  return all.find(({ id }) => id === job.id) ?? job
}

async function file(
  call: Call,
  hostId: string,
  path: string,
  metric: string,
  labels: Record<string, string>,
): Promise<Result> {
  const { core, terminal, values } = call
  if (!METRICS[metric])
    throw new HeadroomError({
      code: 'UNKNOWN_METRIC',
      fact: `There is no metric "${metric}".`,
      fix: `Use one of: ${Object.keys(METRICS).sort().join(', ')}.`,
      field: 'metric',
      value: metric,
    })
  const reading = await readCsvFile(path, {
    timeColumn: text(values, 'time'),
    valueColumn: text(values, 'column'),
    ...(values.percent === true ? { scale: 0.01 } : {}),
  })
  const total = { stored: 0, dropped: 0 }
  for (let from = 0; from < reading.values.length; from += SENT_AT_ONCE) {
    const some = reading.values.slice(from, from + SENT_AT_ONCE)
    const { stored, dropped } = await core.backfill.values({
      ...{ hostId, metric, labels, at: some.map(({ at }) => Math.round(at)), value: some.map(({ value }) => value) },
    })
    total.stored += stored
    total.dropped += dropped
  }
  terminal.say(
    `${reading.rows} rows: ${total.stored} samples taken in, ${total.dropped} of times that were known already.`,
  )
  return done(total)
}

function span({ from, to }: BackfillJob): string {
  if (from === null || to === null) return ''
  const day = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  return `, ${day(from)} to ${day(to)} UTC`
}
