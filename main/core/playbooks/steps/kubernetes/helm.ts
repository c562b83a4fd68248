import { parse, stringify } from 'yaml'
import * as z from 'zod'
import { unifiedDiff } from '../../../../../shared/format/unified-diff.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import { lastLine, must, timeoutOf } from '../docker/engine.ts'
import { DIFF_BYTES } from '../files/commands.ts'
import { readLocal } from '../files/local.ts'
import { fill } from '../files/syntax.ts'
import { isOn, shownText, textOf } from '../files/texts.ts'
import { emptyPlan, type PlanContext, type RunContext, type StepHandler, type StepPlan } from '../step.ts'
import { clusterOf } from './cluster.ts'
import { foresee, foreseen } from './foreseen.ts'
import {
  chartCommand,
  dryRunCommand,
  eventsCommand,
  getHelmCommand,
  historyCommand,
  lookCommand,
  rollbackCommand,
  uninstallReleaseCommand,
  upgradeCommand,
  valuesCommand,
  type WantedRelease,
} from './helm-commands.ts'
import { isRecord } from './objects.ts'
import { failedPods } from './rollout.ts'

const ReleaseSchema = z.looseObject({
  name: z.string(),
  // Helm 3 prints a text, Helm 4 a number.
  revision: z.coerce.number(),
  status: z.string(),
  chart: z.string(),
})
type Release = z.infer<typeof ReleaseSchema>

/** Installs or upgrades a release; it goes back by itself where it does not come up, and to its revision of before when undone. */
export const helm: StepHandler<'helm'> = {
  async plan(step, context) {
    const wanted = wantedOf(step, context)
    const { cluster, host, release, namespace } = wanted
    const { hostId } = cluster
    const plan = { ...emptyPlan(), hostIds: [hostId], downtime: 'none for workloads with several replicas' }
    const at = (
      command: Parameters<typeof previewOf>[2],
      purpose: Parameters<typeof previewOf>[3],
      how: { readOnly?: boolean; detached?: boolean } = {},
    ) => void plan.commands.push(previewOf(context, hostId, command, purpose, how))
    at(lookCommand(wanted), 'check')
    const found = readLook((await context.hosts.run(hostId, lookCommand(wanted), { signal: context.signal })).stdout)
    const early = foreseen(context, hostId)
    if (found.helm === null && wanted.helmVersion === '') return { ...plan, problems: [noHelm(host)] }
    if (found.helm === null) at(getHelmCommand(wanted), 'run', { detached: true })
    if (found.error !== null && !early.server) return { ...plan, problems: [unreachable(host, found.error)] }
    const now = found.release
    if (now && /^pending-/.test(now.status)) return { ...plan, problems: [pending(wanted, now)] }
    plan.facts = { revision: now?.revision ?? null, installsHelm: found.helm === null }
    at(valuesCommand(wanted), 'check')
    const before = now
      ? (await context.hosts.run(hostId, valuesCommand(wanted), { signal: context.signal })).stdout
      : null
    const same =
      now !== null &&
      chartIs(now, wanted) &&
      now.status === 'deployed' &&
      equal(valuesIn(before ?? ''), valuesIn(wanted.values))
    if (same && !wanted.later) {
      plan.alreadyDone = true
      plan.notes.push(`${release} is at chart ${now.chart} with these values already.`)
      return plan
    }
    showValues(wanted, before, plan)
    if (found.helm !== null) await checkChart(wanted, plan, context, found.error !== null || early.changed === true)
    else
      plan.notes.push(
        `${host} gets helm ${wanted.helmVersion} first; the chart is checked during the run, before anything changes.`,
      )
    at(dryRunCommand(wanted), 'verify', { readOnly: true })
    if (plan.problems.length > 0) return plan
    at(upgradeCommand(wanted), 'run', { detached: true })
    at(lookCommand(wanted), 'verify', { readOnly: true })
    at(historyCommand(wanted), 'verify', { readOnly: true })
    at(eventsCommand(wanted), 'verify', { readOnly: true })
    at(now ? rollbackCommand(wanted, now.revision) : uninstallReleaseCommand(wanted), 'undo')
    plan.undoable = true
    plan.effects.push(
      now
        ? `upgrades ${release} in ${namespace} on the cluster of ${host} from ${now.chart} to ${wanted.chart} ${wanted.version}`
        : `installs ${wanted.chart} ${wanted.version} as ${release} in ${namespace} on the cluster of ${host}`,
    )
    plan.notes.push(
      now
        ? `Undoing it goes back to revision ${now.revision}.`
        : 'Undoing it uninstalls the release; its custom resource definitions and volumes stay.',
    )
    foresee(context, hostId, { changed: true })
    return plan
  },

  async run(step, context) {
    const wanted = wantedOf(step, context)
    const { cluster, host, release } = wanted
    const { hostId } = cluster
    if (context.plan.alreadyDone)
      return { kind: 'skip', registered: { revision: String(context.plan.facts.revision ?? '') } }
    if (context.plan.facts.installsHelm === true && context.memory.helm !== true && context.memory.upgrade !== true) {
      const got = await context.detached(hostId, getHelmCommand(wanted))
      if (got.exitCode !== 0)
        throw new HeadroomError({
          code: 'HELM_MISSING',
          fact: `helm ${wanted.helmVersion} could not be put on ${host}: ${lastLine(got.stderr)}.`,
          fix: 'Let it reach get.helm.sh, or install helm there by hand, then resume the run.',
        })
      context.remember({ helm: true })
    }
    if (context.memory.upgrade !== true) {
      const found = await lookNow(wanted, context)
      if (found.release && /^pending-/.test(found.release.status))
        throw new HeadroomError(pending(wanted, found.release))
      const dry = await throughLinkLoss(context, () => context.execute(hostId, dryRunCommand(wanted), { quiet: true }))
      if (dry.exitCode !== 0) throw new HeadroomError(chartRefused(wanted, dry.stderr))
      context.remember({ upgrade: true })
    }
    context.stands(
      `The release ${release} on the cluster of ${host} may be on its way to ${wanted.chart} ${wanted.version}.`,
    )
    const result = await context.detached(hostId, upgradeCommand(wanted))
    const after = await lookNow(wanted, context)
    if (result.exitCode !== 0) {
      context.remember({ upgrade: false })
      context.stands('')
      throw new HeadroomError(await failed(wanted, result.stderr, after.release, context))
    }
    if (after.release?.status !== 'deployed')
      throw new HeadroomError({
        code: 'HELM_FAILED',
        fact: `helm ended well, but the release ${release} is ${after.release?.status ?? 'not there'}.`,
        fix: `See helm history ${release} --namespace ${wanted.namespace}.`,
      })
    context.stands('')
    context.remember({ revision: after.release.revision })
    return {
      kind: 'done',
      outcome: `${release}: chart ${after.release.chart}, revision ${after.release.revision}.`,
      registered: { revision: String(after.release.revision) },
    }
  },

  async undo(step, context) {
    const wanted = wantedOf(step, context)
    const before = context.plan.facts.revision as number | null
    const refused = {
      code: 'HELM_FAILED',
      what: `Taking ${wanted.release} back`,
      fix: 'Take it back by hand (helm history, helm rollback).',
    }
    const { release } = await lookNow(wanted, context)
    if (before === null) {
      if (release) await must(context, wanted.cluster.hostId, uninstallReleaseCommand(wanted), refused)
      return
    }
    if (release && release.revision === Number(context.memory.revision))
      await must(context, wanted.cluster.hostId, rollbackCommand(wanted, before), refused)
  },

  async abandon(step, context) {
    const wanted = wantedOf(step, context)
    const command =
      context.plan.facts.installsHelm === true && context.memory.helm !== true
        ? getHelmCommand(wanted)
        : upgradeCommand(wanted)
    await context.endDetached(wanted.cluster.hostId, command)
  },
}

function wantedOf(step: StepOf<'helm'>, context: PlanContext | RunContext): WantedRelease {
  const plain = (text: string | undefined) => (text === undefined ? '' : context.values.plain(text).trim())
  const cluster = clusterOf(step, context)
  const from = plain(step.values_from)
  if (from !== '' && step.values !== undefined)
    throw new HeadroomError({
      code: 'TEMPLATE_SOURCE',
      fact: 'The step has values and values_from.',
      fix: 'Keep one of them.',
      field: 'values',
    })
  const filled = fill(step.values ?? '', 'yaml', context)
  const file = from === '' ? null : textOf(readLocal(from, DIFF_BYTES, context))
  if (from !== '' && file === null)
    throw new HeadroomError({
      code: 'TEMPLATE_NOT_TEXT',
      fact: `${from} is not text in UTF-8.`,
      fix: 'Name a text file.',
      field: 'values_from',
      value: from,
    })
  const values = file ?? filled.real
  if (!filled.later) valuesIn(values)
  const release = plain(step.release)
  const namespace = plain(step.namespace) || 'default'
  for (const [field, value] of [
    ['release', release],
    ['namespace', namespace],
  ] as const)
    if (!/^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/.test(value))
      throw new HeadroomError({
        code: 'PARAMETER_INVALID',
        fact: `"${value}" cannot be the name of a ${field}.`,
        fix: 'Use lower-case letters, digits and hyphens, 53 at most.',
        field,
        value,
      })
  const chart = plain(step.chart)
  if (chart.startsWith('-'))
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `"${chart}" is no chart.`,
      fix: 'Write its name in the repository, oci://…, or an absolute path.',
      field: 'chart',
      value: chart,
    })
  const repo = plain(step.repo)
  if (repo !== '' && !/^https?:\/\/\S+$/.test(repo))
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `"${repo}" is no address of a repository.`,
      fix: 'Write it like https://charts.example.com; an OCI chart has no repo.',
      field: 'repo',
      value: repo,
    })
  const version = plain(step.version)
  if (!/^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(version))
    throw new HeadroomError({
      code: 'CHART_VERSION',
      fact: `"${version}" is no exact version of a chart.`,
      fix: 'Write all three numbers, such as 4.11.3: a range would install another chart tomorrow.',
      field: 'version',
      value: version,
    })
  return {
    cluster,
    host: context.hostName(cluster.hostId),
    ...{ release, namespace, chart, repo, version, values },
    shown: file ?? filled.shown,
    secret: filled.secrets.length > 0,
    later: filled.later,
    createNamespace: isOn(step.create_namespace, context),
    helmVersion: plain(step.helm_version),
    timeoutMs: timeoutOf(step.timeout, context),
  }
}

function readLook(stdout: string): { helm: string | null; release: Release | null; error: string | null } {
  const after = (word: string) =>
    stdout
      .split('\n')
      .find((line) => line.startsWith(`${word} `))
      ?.slice(word.length + 1)
  const helmVersion = after('helm')
  const releases = z.array(ReleaseSchema).parse(JSON.parse(after('releases') || '[]'))
  return {
    helm: helmVersion === undefined || helmVersion === 'none' ? null : helmVersion,
    release: releases[0] ?? null,
    error: after('error') ?? null,
  }
}

async function lookNow(wanted: WantedRelease, context: RunContext) {
  const found = readLook(
    (await throughLinkLoss(context, () => context.read(wanted.cluster.hostId, lookCommand(wanted)))).toString('utf8'),
  )
  if (found.helm === null) throw new HeadroomError(noHelm(wanted.host))
  if (found.error !== null) throw new HeadroomError(unreachable(wanted.host, found.error))
  return found
}

function showValues(wanted: WantedRelease, before: string | null, plan: StepPlan): void {
  const path = `values of ${wanted.release}`
  const old = before === null ? null : shownText(normal(before))
  const after = shownText(wanted.later ? wanted.shown : normal(wanted.shown))
  const unified = unifiedDiff(path, old, after)
  if (unified !== '')
    plan.diffs.push({
      hostId: wanted.cluster.hostId,
      hostName: wanted.host,
      path,
      mode: null,
      before: old,
      after,
      unified,
    })
}

async function checkChart(wanted: WantedRelease, plan: StepPlan, context: PlanContext, early: boolean): Promise<void> {
  const { hostId } = wanted.cluster
  plan.commands.push(previewOf(context, hostId, chartCommand(wanted), 'check'))
  const shown = await context.hosts.run(hostId, chartCommand(wanted), { signal: context.signal })
  if (shown.exitCode !== 0) {
    plan.problems.push(chartRefused(wanted, shown.stderr))
    return
  }
  const app = /^appVersion:\s*["']?([^"'\n]+)/m.exec(shown.stdout)?.[1]
  plan.notes.push(`${wanted.chart} ${wanted.version}${app ? `, which installs version ${app}` : ''}.`)
  if (early || wanted.later) {
    plan.notes.push('What the chart makes of the values is checked during the run, before anything changes.')
    return
  }
  const dry = await context.hosts.run(hostId, dryRunCommand(wanted), { signal: context.signal })
  if (dry.exitCode !== 0) plan.problems.push(chartRefused(wanted, dry.stderr))
  else plan.notes.push(`It has ${kindsIn(dry.stdout)}.`)
}

/** "3 Deployment, 1 Service" of the manifests that a dry run prints. */
function kindsIn(printed: string): string {
  const kinds = new Map<string, number>()
  for (const [, kind = ''] of printed.matchAll(/^kind: ([A-Za-z]+)\s*$/gm)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  const all = [...kinds].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return all.length === 0 ? 'no objects' : all.map(([kind, count]) => `${count} ${kind}`).join(', ')
}

async function failed(
  wanted: WantedRelease,
  stderr: string,
  release: Release | null,
  context: RunContext,
): Promise<Problem> {
  const pods = await context
    .execute(wanted.cluster.hostId, eventsCommand(wanted), { quiet: true })
    .then(({ stdout }) => failedPods(stdout))
    .catch(() => [])
  const history = await context
    .execute(wanted.cluster.hostId, historyCommand(wanted), { quiet: true })
    .then(({ stdout }) => stdout)
    .catch(() => '')
  const Entry = z.array(
    z.looseObject({ revision: z.coerce.number(), status: z.string(), description: z.string().default('') }),
  )
  const entries = Entry.safeParse(history.trim().startsWith('[') ? JSON.parse(history) : []).data ?? []
  const back =
    release === null
      ? 'Nothing of it is left.'
      : `It is at revision ${release.revision} (${release.status}, ${release.chart}).`
  const refusal = chartRefused(wanted, stderr)
  return {
    ...(refusal.code === 'CHART_REFUSED' ? { ...refusal, code: 'HELM_FAILED' } : refusal),
    fact: `${refusal.fact} ${pods[0] ? `${pods[0]}. ` : ''}${back}`,
    details: {
      ...(pods.length > 0 && { pods: pods.join('\n') }),
      ...(entries.length > 0 && {
        history: entries.map(({ revision, status, description }) => `${revision} ${status}: ${description}`).join('\n'),
      }),
    },
  }
}

const valuesIn = (text: string): unknown => {
  try {
    const value: unknown = parse(text)
    if (value === null || value === undefined || isRecord(value)) return value ?? {}
  } catch (error) {
    throw invalidValues((error as Error).message.split('\n')[0] ?? '')
  }
  throw invalidValues('they are no map of names and values')
}

const invalidValues = (why: string) =>
  new HeadroomError({
    code: 'VALUES_INVALID',
    fact: `The values cannot be read as YAML: ${why.replace(/[.:]$/, '')}.`,
    fix: 'Correct them.',
    field: 'values',
  })

const normal = (text: string): string => {
  const value = valuesIn(text)
  return isRecord(value) && Object.keys(value).length === 0
    ? ''
    : stringify(value, { lineWidth: 0, sortMapEntries: true })
}

const equal = (a: unknown, b: unknown): boolean =>
  stringify(a, { sortMapEntries: true }) === stringify(b, { sortMapEntries: true })

const chartIs = (release: Release, { chart, version }: WantedRelease): boolean =>
  release.chart ===
    `${chart
      .replace(/\/+$/, '')
      .split('/')
      .at(-1)
      ?.replace(/\.tgz$/, '')}-${version.replace(/^v/, '')}` ||
  release.chart === `${chart.replace(/\/+$/, '').split('/').at(-1)}-${version}`

const noHelm = (host: string): Problem => ({
  code: 'HELM_MISSING',
  fact: `${host} has no helm.`,
  fix: 'State helm_version to have it put there, or name a server that has it.',
  field: 'helm_version',
})

const unreachable = (host: string, why: string): Problem => ({
  code: 'CLUSTER_UNREACHABLE',
  fact: `helm on ${host} does not reach a cluster: ${why.replace(/^Error: /, '').replace(/\.$/, '')}.`,
  fix: 'State the kubeconfig, or sudo where that of k3s is to be read.',
  field: 'kubeconfig',
})

const pending = ({ release, namespace }: WantedRelease, { status, revision }: Release): Problem => ({
  code: 'HELM_PENDING',
  fact: `The release ${release} is ${status} (revision ${revision}): another helm works on it, or was killed.`,
  fix: `If none runs, go back to its last good revision: helm rollback ${release} --namespace ${namespace}; a first installation: helm uninstall ${release} --namespace ${namespace}.`,
  field: 'release',
  value: release,
})

function chartRefused({ chart, version, repo, release }: WantedRelease, stderr: string): Problem {
  const why = lastLine(stderr).replace(/^Error: /, '')
  if (
    /chart .*not found|no chart version found|not found in .* repository|improper constraint|not a valid chart repository|failed to fetch|could not find/i.test(
      why,
    )
  )
    return {
      code: 'CHART_MISSING',
      fact: `${repo || 'There'} has no chart ${chart} ${version}: ${why}.`,
      fix: 'Correct chart, version or repo.',
      field: 'chart',
      value: `${chart} ${version}`,
    }
  return {
    code: 'CHART_REFUSED',
    fact: `helm refused ${release} (${chart} ${version}): ${why || 'it gave no reason'}.`,
    fix: 'Correct the values or the chart’s version.',
    field: 'values',
  }
}
