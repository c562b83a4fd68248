import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import { lastLine, must } from '../docker/engine.ts'
import { isOn } from '../files/texts.ts'
import { emptyPlan, type PlanContext, type RunContext, type StepHandler } from '../step.ts'
import { foreseen } from './foreseen.ts'
import { nodeStateCommand, readNodeState } from './node-state.ts'
import { lastError } from './trouble.ts'

interface Wanted {
  hostId: string
  sudo: boolean
  host: string
  snapshot: string
  compress: boolean
  /** Null: all stay. */
  keep: number | null
  s3: S3 | null
}

interface S3 {
  flags: string[]
  bucket: string
  env: Record<string, Secret>
}

/** Takes a snapshot of embedded etcd, copies it to object storage, and reads back that it is there whole. */
export const k3sEtcdSnapshot: StepHandler<'k3s-etcd-snapshot'> = {
  async plan(step, context) {
    const wanted = wantedOf(step, context)
    const { hostId, host, snapshot, s3, keep } = wanted
    const plan = { ...emptyPlan(), hostIds: [hostId], downtime: 'none' }
    const look = nodeStateCommand(wanted, '')
    plan.commands.push(previewOf(context, hostId, look, 'check'))
    const state = readNodeState((await context.hosts.run(hostId, look, { signal: context.signal })).stdout)
    const early = foreseen(context, hostId)
    const isServer = state.units.some(({ role }) => role === 'server')
    if (!state.root)
      plan.problems.push({
        code: 'SUDO_NEEDED',
        fact: `Snapshots on ${host} can be taken by root only.`,
        fix: 'Set sudo: true.',
        field: 'sudo',
      })
    else if (!isServer && !early.server)
      plan.problems.push({
        code: 'NOT_A_K3S_SERVER',
        fact: `${host} is no server of k3s.`,
        fix: 'Name one.',
        field: 'host',
      })
    else if (isServer && state.datastore !== 'etcd' && !early.etcd) plan.problems.push(noEtcd(host, state.datastore))
    if (plan.problems.length > 0) return plan
    plan.commands.push(previewOf(context, hostId, saveCommand(wanted), 'run', { detached: true }))
    plan.commands.push(previewOf(context, hostId, listCommand(wanted, false), 'verify'))
    plan.commands.push(previewOf(context, hostId, sizeCommand(wanted, ''), 'verify', { readOnly: true }))
    if (s3) plan.commands.push(previewOf(context, hostId, listCommand(wanted, true), 'verify'))
    if (keep !== null) plan.commands.push(previewOf(context, hostId, pruneCommand(wanted), 'run'))
    plan.effects.push(
      `takes a snapshot of etcd on ${host}${s3 ? ` and copies it to the bucket ${s3.bucket}` : ''}${keep === null ? '' : `; of those named ${snapshot}-…, the newest ${keep} stay`}`,
    )
    plan.notes.push(
      'It can be read only with the token of the cluster (/var/lib/rancher/k3s/server/token): keep that apart from it.',
      'It holds what Kubernetes knows, not the data of volumes.',
    )
    return plan
  },

  async run(step, context) {
    const wanted = wantedOf(step, context)
    const { hostId, host, snapshot, s3, keep } = wanted
    const known = context.memory.known as string[] | undefined
    const before = known ?? (await listed(wanted, false, context)).map(({ name }) => name)
    if (known === undefined) context.remember({ known: before })
    if (context.memory.saved !== true) {
      const result = await context.detached(hostId, saveCommand(wanted))
      if (result.exitCode !== 0)
        throw new HeadroomError({
          code: 'SNAPSHOT_FAILED',
          fact: `The snapshot on ${host} failed: ${lastError(result.stderr.split('\n')) || lastLine(result.stderr) || `exit code ${result.exitCode}`}.`,
          fix: s3
            ? 'See that etcd is healthy and that the bucket, endpoint and keys are right, then resume the run.'
            : 'See that etcd is healthy, then resume the run.',
        })
      context.remember({ saved: true })
    }
    const local = newest(await listed(wanted, false, context), snapshot, before)
    if (!local) throw notThere(host, snapshot, 'the list of snapshots')
    const path = (local.location ?? '').replace(/^file:\/\//, '')
    const bytes = Number(
      (await throughLinkLoss(context, () => context.read(hostId, sizeCommand(wanted, path)))).toString('utf8').trim(),
    )
    if (!(bytes > 0) || bytes !== local.size)
      throw new HeadroomError({
        code: 'SNAPSHOT_INCOMPLETE',
        fact: `${path} on ${host} has ${Number.isFinite(bytes) ? bytes : 0} bytes; k3s lists it with ${local.size}.`,
        fix: 'See whether the disk is full, then take it again.',
      })
    if (s3) {
      const stored = (await listed(wanted, true, context)).find(({ name }) => name === local.name)
      if (!stored) throw notThere(host, local.name, `the bucket ${s3.bucket}`)
      if (stored.size !== local.size)
        throw new HeadroomError({
          code: 'SNAPSHOT_INCOMPLETE',
          fact: `${local.name} has ${local.size} bytes on ${host} and ${stored.size} in the bucket ${s3.bucket}.`,
          fix: 'Take it again.',
        })
    }
    if (keep !== null)
      await must(context, hostId, pruneCommand(wanted), {
        code: 'SNAPSHOT_FAILED',
        what: 'Removing older snapshots',
        fix: 'The new one is there. Remove old ones by hand (k3s etcd-snapshot prune).',
      })
    return {
      kind: 'done',
      outcome: `${local.name}: ${bytes} bytes${s3 ? `, also in the bucket ${s3.bucket}` : ''}.`,
      registered: { name: local.name, path, bytes: String(bytes) },
    }
  },

  async abandon(step, context) {
    const wanted = wantedOf(step, context)
    await context.endDetached(wanted.hostId, saveCommand(wanted))
  },
}

function wantedOf(step: StepOf<'k3s-etcd-snapshot'>, context: PlanContext): Wanted {
  const { values } = context
  const plain = (text: string | undefined) => (text === undefined ? '' : values.plain(text).trim())
  const hostId = values.hostId(step.host)
  const snapshot = plain(step.snapshot) || 'on-demand'
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(snapshot))
    throw invalid('snapshot', snapshot, 'cannot begin the name of a snapshot', 'Use letters, digits, dots and hyphens.')
  const kept = step.keep === undefined ? '' : String(typeof step.keep === 'number' ? step.keep : plain(step.keep))
  if (kept !== '' && !/^[1-9]\d{0,4}$/.test(kept))
    throw invalid('keep', kept, 'is no number of snapshots', 'Write a whole number from 1, or leave it empty.')
  return {
    hostId,
    sudo: isOn(step.sudo, context),
    host: context.hostName(hostId),
    snapshot,
    compress: isOn(step.compress, context),
    keep: kept === '' ? null : Number(kept),
    s3: s3Of(step.s3, context),
  }
}

function s3Of(s3: StepOf<'k3s-etcd-snapshot'>['s3'], context: PlanContext): S3 | null {
  const plain = (text: string | undefined) => (text === undefined ? '' : context.values.plain(text).trim())
  const bucket = plain(s3?.bucket)
  if (s3 === undefined || bucket === '') return null
  const flag = (name: string, value: string) => (value === '' ? [] : [`--s3-${name}`, value])
  const secret = (text: string | undefined, name: string, field: string): Secret => {
    const found = text === undefined ? null : context.values.secret(text)
    if (found && found.reveal() !== '') return new Secret(found.name === 'text' ? name : found.name, found.reveal())
    throw new HeadroomError({
      code: 'PARAMETER_MISSING',
      fact: `The bucket ${bucket} is given without its ${name}.`,
      fix: 'Give it, or leave the bucket empty.',
      field,
    })
  }
  return {
    bucket,
    flags: [
      '--s3',
      ...flag('bucket', bucket),
      ...flag('endpoint', plain(s3.endpoint).replace(/^https?:\/\//, '')),
      ...flag('region', plain(s3.region)),
      ...flag('folder', plain(s3.folder)),
      ...flag('endpoint-ca', plain(s3.endpoint_ca)),
      ...(isOn(s3.insecure, context) ? ['--s3-insecure'] : []),
    ],
    env: {
      AWS_ACCESS_KEY_ID: secret(s3.access_key, 'access key', 's3.access_key'),
      AWS_SECRET_ACCESS_KEY: secret(s3.secret_key, 'secret key', 's3.secret_key'),
    },
  }
}

/** The keys of the storage are in the environment, where k3s reads them too: its flags would show in the process list. */
function k3s({ sudo }: Wanted, words: readonly string[], s3: S3 | null, timeoutMs: number): Command {
  return {
    argv: [
      'sh',
      '-c',
      `PATH=$PATH:/usr/local/bin; ${['k3s', 'etcd-snapshot', ...words, ...(s3?.flags ?? [])].map(quoteWord).join(' ')}`,
    ],
    ...(s3 && { env: s3.env }),
    sudo,
    timeoutMs,
  }
}

const saveCommand = (wanted: Wanted): Command =>
  k3s(
    wanted,
    ['save', '--name', wanted.snapshot, ...(wanted.compress ? ['--snapshot-compress'] : [])],
    wanted.s3,
    15 * 60_000,
  )

const listCommand = (wanted: Wanted, inStorage: boolean): Command =>
  k3s(wanted, ['ls'], inStorage ? wanted.s3 : null, 120_000)

const pruneCommand = (wanted: Wanted): Command =>
  k3s(wanted, ['prune', '--name', wanted.snapshot, '--snapshot-retention', String(wanted.keep)], wanted.s3, 5 * 60_000)

/** The path is known only when the snapshot is there, so it travels on standard input. */
const sizeCommand = ({ sudo }: Wanted, path: string): Command => ({
  argv: ['sh', '-c', 'IFS= read -r path; wc -c <"$path"'],
  stdin: `${path}\n`,
  sudo,
  timeoutMs: 30_000,
})

interface Listed {
  name: string
  location: string | null
  size: number
  created: string
}

async function listed(wanted: Wanted, inStorage: boolean, context: RunContext): Promise<Listed[]> {
  const printed = await must(context, wanted.hostId, listCommand(wanted, inStorage), {
    code: 'SNAPSHOT_FAILED',
    what: inStorage ? 'Listing the snapshots of the bucket' : 'Listing the snapshots',
    fix: 'See what k3s etcd-snapshot ls says there, then resume the run.',
    why: (stderr) => lastError(stderr.split('\n')) || lastLine(stderr),
  })
  return readSnapshots(printed).filter(({ location }) => location === null || location.startsWith('s3:') === inStorage)
}

/** The table of `k3s etcd-snapshot ls`. Older releases leave the location out where they list a bucket. */
export function readSnapshots(printed: string): Listed[] {
  const lines = printed.split('\n').map((line) => line.trim().split(/\s+/))
  const head = lines.findIndex(([first]) => first === 'Name')
  if (head < 0) return []
  const columns = lines[head] as string[]
  const at = (name: string) => columns.indexOf(name)
  return lines
    .slice(head + 1)
    .filter((cells) => cells.length >= columns.length)
    .map((cells) => ({
      name: cells[at('Name')] ?? '',
      location: at('Location') < 0 ? null : (cells[at('Location')] ?? ''),
      size: Number(cells[at('Size')]),
      created: cells[at('Created')] ?? '',
    }))
}

function newest(all: readonly Listed[], snapshot: string, before: readonly string[]): Listed | undefined {
  return all
    .filter(({ name }) => name.startsWith(`${snapshot}-`) && !before.includes(name))
    .sort((a, b) => (a.created < b.created ? 1 : -1))[0]
}

const noEtcd = (host: string, datastore: string): Problem => ({
  code: 'ETCD_NEEDED',
  fact:
    datastore === 'sqlite'
      ? `${host} keeps its cluster in SQLite, of which etcd takes no snapshot.`
      : `${host} keeps its cluster in no embedded etcd.`,
  fix:
    datastore === 'sqlite'
      ? 'Back SQLite up instead (playbook k3s-sqlite-backup), or move to etcd (k3s-etcd).'
      : 'Back its datastore up by the means of that datastore.',
  field: 'host',
})

const notThere = (host: string, name: string, where: string) =>
  new HeadroomError({
    code: 'SNAPSHOT_INCOMPLETE',
    fact: `k3s on ${host} reported a snapshot, but ${where} has no new ${name}.`,
    fix: 'Look at k3s etcd-snapshot ls there, then take it again.',
  })

const invalid = (field: string, value: string, why: string, fix: string) =>
  new HeadroomError({ code: 'PARAMETER_INVALID', fact: `"${value}" ${why}.`, fix, field, value })
