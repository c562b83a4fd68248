import { setTimeout as pause } from 'node:timers/promises'
import { unifiedDiff } from '../../../../../shared/format/unified-diff.ts'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { StepOf } from '../../../../../shared/playbook/schema.ts'
import { previewOf } from '../../commands.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import { artifactText } from '../artifact.ts'
import { lastLine, must, timeoutOf } from '../docker/engine.ts'
import { DIFF_BYTES } from '../files/commands.ts'
import { readLocal } from '../files/local.ts'
import { fill } from '../files/syntax.ts'
import { isOn, textOf } from '../files/texts.ts'
import { emptyPlan, type PlanContext, RUN_TOKEN, type RunContext, type StepHandler, type StepPlan } from '../step.ts'
import {
  applyCommand,
  deleteCommand,
  describeWorkload,
  dryRunCommand,
  getCommand,
  keepCommand,
  keptCommand,
  podsCommand,
  restoreCommand,
} from './apply-commands.ts'
import { type Cluster, clusterOf } from './cluster.ts'
import { foresee, foreseen } from './foreseen.ts'
import {
  isSame,
  type KubeObject,
  keyOf,
  objectsOf,
  printedObjects,
  returning,
  sameObject,
  shownObject,
  WORKLOADS,
} from './objects.ts'
import { describeRollout, failedPods, rolledOut } from './rollout.ts'

const BETWEEN_LOOKS_MS = 1000

interface Wanted {
  cluster: Cluster
  namespace: string
  host: string
  /** What is applied, and as it may be shown. */
  text: string
  shown: string
  secret: boolean
  later: boolean
  force: boolean
  objects: KubeObject[]
}

/** Applies manifests on the server's side, waits for every workload to roll out, and takes all of it back where one does not. */
export const kubectlApply: StepHandler<'kubectl-apply'> = {
  async plan(step, context) {
    const wanted = wantedOf(step, context)
    const { cluster, host } = wanted
    const { hostId } = cluster
    const plan = {
      ...emptyPlan(),
      hostIds: [hostId],
      downtime: 'none for workloads with several replicas, as their strategy says',
    }
    addCommands(wanted, RUN_TOKEN, step.id, plan, context)
    if (wanted.later) {
      plan.notes.push(
        'It holds values that earlier steps leave, so it is compared with the cluster during the run only.',
      )
    } else {
      const live = await context.hosts.run(hostId, getCommand(wanted), { signal: context.signal })
      const dry = await context.hosts.run(hostId, dryRunCommand(wanted), { signal: context.signal })
      const problem = dry.exitCode === 0 ? null : refusedBecause(dry.stderr, host)
      const early = foreseen(context, hostId).changed === true
      if (problem && (early || namespaceComes(problem, wanted)))
        plan.notes.push(
          `It cannot be compared before an earlier part is done (${problem.fact.replace(/\.$/, '')}); the run compares it before anything is changed.`,
        )
      else if (problem) plan.problems.push(problem)
      else compare(printedObjects(live.stdout), printedObjects(dry.stdout), host, hostId, plan)
    }
    if (plan.problems.length > 0 || plan.alreadyDone) return plan
    foresee(context, hostId, { changed: true })
    plan.undoable = true
    plan.effects.push(`applies ${counted(wanted.objects)} to the cluster of ${host}`)
    plan.notes.push(
      'What the cluster has besides stays: nothing is pruned.',
      `What it changes is kept on ${host}, readable by its user only, and put back when it is undone; what is new is then deleted.`,
    )
    return plan
  },

  async run(step, context) {
    const wanted = wantedOf(step, context)
    const { cluster, host } = wanted
    const { hostId } = cluster
    if (context.memory.fresh === undefined) {
      // Looked at again: what is kept must be what was there at the very moment before.
      const got = await context.execute(hostId, getCommand(wanted), { quiet: true })
      // What cannot be read is not taken for new: taking back would delete it.
      if (got.exitCode !== 0 && !namespaceComes(refusedBecause(got.stderr, host), wanted))
        throw new HeadroomError(refusedBecause(got.stderr, host))
      const live = printedObjects(got.stdout)
      const dry = await context.execute(hostId, dryRunCommand(wanted), { quiet: true })
      if (dry.exitCode !== 0) {
        const problem = refusedBecause(dry.stderr, host)
        if (!namespaceComes(problem, wanted)) throw new HeadroomError(problem)
      } else if (sameAll(live, printedObjects(dry.stdout))) return { kind: 'skip' }
      const objects = withNamespace(wanted)
      const fresh = objects.filter((one) => !live.some((old) => isSame(old, one)))
      const after = dry.exitCode === 0 ? printedObjects(dry.stdout) : []
      const kept = live.flatMap((old) => {
        const manifest = objects.find((one) => isSame(old, one))
        return manifest ? [returning(old, manifest, after.find((one) => isSame(old, one)) ?? null)] : []
      })
      await must(
        context,
        hostId,
        keepCommand(wanted, context.runId, step.id, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: kept })),
        failed('Keeping what is there now'),
      )
      context.remember({ fresh: fresh.map(keyOf), kept: kept.length })
    }
    context.stands(
      `The manifests on the cluster of ${host} were applied, or in part; some workloads may be on their way.`,
    )
    const applied = await throughLinkLoss(context, () => context.execute(hostId, applyCommand(wanted)))
    if (applied.exitCode !== 0) {
      if (isOn(step.return_on_failure, context)) await takeBack(wanted, step.id, context)
      throw new HeadroomError(refusedBecause(applied.stderr, host))
    }
    try {
      await rollout(wanted, timeoutOf(step.timeout, context), context)
    } catch (error) {
      if (
        !(error instanceof HeadroomError) ||
        error.code !== 'ROLLOUT_FAILED' ||
        !isOn(step.return_on_failure, context)
      )
        throw error
      const back = await takeBack(wanted, step.id, context)
      context.stands('')
      throw new HeadroomError({ ...error.problem, fact: `${error.problem.fact} ${back}` })
    }
    context.stands('')
    return { kind: 'done', outcome: `${counted(wanted.objects)}: applied, and every workload runs.` }
  },

  async undo(step, context) {
    if (context.memory.fresh === undefined) return
    await takeBack(wantedOf(step, context), step.id, context)
  },
}

function wantedOf(step: StepOf<'kubectl-apply'>, context: PlanContext | RunContext): Wanted {
  const cluster = clusterOf(step, context)
  const made = artifactText(step, context)
  const from = step.from === undefined ? '' : context.values.plain(step.from)
  const filled = step.text === undefined ? null : fill(step.text, 'yaml', context)
  const file = step.from === undefined ? null : textOf(readLocal(from, DIFF_BYTES, context))
  if (step.from !== undefined && file === null)
    throw new HeadroomError({
      code: 'TEMPLATE_NOT_TEXT',
      fact: `${from} is not text in UTF-8.`,
      fix: 'Name a text file.',
      field: 'from',
      value: from,
    })
  const text = made ?? filled?.real ?? file ?? ''
  return {
    cluster,
    namespace: step.namespace === undefined ? '' : context.values.plain(step.namespace).trim(),
    host: context.hostName(cluster.hostId),
    text,
    shown: filled?.shown ?? text,
    secret: (filled?.secrets.length ?? 0) > 0 || /^kind:\s*Secret\s*$/m.test(text),
    later: filled?.later ?? false,
    force: isOn(step.force_conflicts, context),
    objects: objectsOf(filled?.later ? filled.shown : text, step.from === undefined ? 'text' : 'from'),
  }
}

function addCommands(wanted: Wanted, runId: string, stepId: string, plan: StepPlan, context: PlanContext): void {
  const { cluster } = wanted
  const at = (
    command: Parameters<typeof previewOf>[2],
    purpose: 'check' | 'run' | 'verify' | 'undo',
    readOnly = purpose === 'check' || purpose === 'verify',
  ) => void plan.commands.push(previewOf(context, cluster.hostId, command, purpose, { readOnly }))
  at(getCommand(wanted), 'check')
  at(dryRunCommand(wanted), 'check')
  at(keepCommand(wanted, runId, stepId, null), 'run')
  at(applyCommand(wanted), 'run')
  for (const object of workloadsOf(wanted)) {
    at(podsCommand(wanted, object), 'verify')
    at(describeWorkload(wanted, object), 'verify')
  }
  at(keptCommand(wanted, runId, stepId), 'undo', true)
  at(restoreCommand(wanted, null), 'undo', false)
  for (const object of [...withNamespace(wanted)].reverse()) at(deleteCommand(wanted, object), 'undo', false)
}

const withNamespace = ({ objects, namespace }: Wanted): KubeObject[] =>
  objects.map((one) =>
    one.metadata.namespace || namespace === '' ? one : { ...one, metadata: { ...one.metadata, namespace } },
  )
const workloadsOf = (wanted: Wanted): KubeObject[] => withNamespace(wanted).filter(({ kind }) => WORKLOADS.has(kind))

/** What the cluster would have afterwards beside what it has, object by object. */
function compare(live: KubeObject[], after: KubeObject[], host: string, hostId: string, plan: StepPlan): void {
  for (const object of after) {
    const key = keyOf(object)
    const old = live.find((one) => isSame(one, object)) ?? null
    const shownBefore = old === null ? null : shownObject(old)
    const shownAfter = shownObject(object, old)
    const unified = unifiedDiff(key, shownBefore, shownAfter)
    if (unified !== '')
      plan.diffs.push({
        hostId,
        hostName: host,
        path: key,
        mode: null,
        before: shownBefore,
        after: shownAfter,
        unified,
      })
  }
  plan.alreadyDone = plan.diffs.length === 0
  if (plan.alreadyDone) plan.notes.push('The cluster has all of it already.')
}

function sameAll(live: readonly KubeObject[], after: readonly KubeObject[]): boolean {
  return after.every((one) => {
    const old = live.find((other) => isSame(other, one))
    return old !== undefined && sameObject(old, one)
  })
}

async function rollout(wanted: Wanted, timeoutMs: number, context: RunContext): Promise<void> {
  const { cluster } = wanted
  const until = context.environment.elapsed() + timeoutMs
  const waiting = new Map(workloadsOf(wanted).map((one) => [keyOf(one), one]))
  const all = waiting.size
  const shown = new Map<string, string>()
  while (waiting.size > 0) {
    const live = printedObjects(
      (await throughLinkLoss(context, () => context.read(cluster.hostId, getCommand(wanted)))).toString('utf8'),
    )
    for (const object of live) {
      const key = keyOf(object)
      const asked = [...waiting.values()].find((one) => isSame(one, object))
      if (!asked) continue
      const state = rolledOut(object)
      const text = describeRollout(object)
      if (shown.get(key) !== text) {
        shown.set(key, text)
        context.line(cluster.hostId, 'note', text)
      }
      if (state === 'done') waiting.delete(keyOf(asked))
      const late = context.environment.elapsed() >= until
      if (state === 'failed' || (late && state !== 'done'))
        throw new HeadroomError(await notRolledOut(wanted, asked, text, late, context))
    }
    context.progress(all === 0 ? null : (all - waiting.size) / all, [...shown.values()].join(' · '))
    if (waiting.size === 0) return
    if (context.environment.elapsed() >= until) {
      const [first] = waiting.values()
      throw new HeadroomError(await notRolledOut(wanted, first as KubeObject, 'not there', true, context))
    }
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

async function notRolledOut(
  wanted: Wanted,
  object: KubeObject,
  text: string,
  late: boolean,
  context: RunContext,
): Promise<Problem> {
  const { hostId } = wanted.cluster
  const quietly = (command: Parameters<RunContext['execute']>[1]) =>
    context
      .execute(hostId, command, { quiet: true })
      .then(({ stdout }) => stdout)
      .catch(() => '')
  const pods = await quietly(podsCommand(wanted, object))
  const described = await quietly(describeWorkload(wanted, object))
  for (const line of described.split('\n')) if (line.trim() !== '') context.line(hostId, 'note', line)
  const why = failedPods(pods)
  return {
    code: 'ROLLOUT_FAILED',
    fact: `${object.kind} ${object.metadata.name} does not run as wanted${late ? ' after the time allowed' : ''}: ${why[0] ?? text}.`.replace(
      /\.\.$/,
      '.',
    ),
    fix: 'Correct what the pod names (image, command, probe, resources) in the manifests.',
    field: 'text',
    value: object.metadata.name,
    details: {
      ...(why.length > 0 && { pods: why.join('\n') }),
      ...(described !== '' && { 'kubectl describe': described.slice(-4000) }),
    },
  }
}

/** Puts back what was changed and deletes what was new; may be asked twice. */
async function takeBack(wanted: Wanted, stepId: string, context: RunContext): Promise<string> {
  const { hostId } = wanted.cluster
  const fresh = (context.memory.fresh as string[] | undefined) ?? []
  const kept = Number(context.memory.kept ?? 0)
  if (kept > 0) {
    const list = (
      await throughLinkLoss(context, () => context.read(hostId, keptCommand(wanted, context.runId, stepId)))
    ).toString('utf8')
    await must(context, hostId, restoreCommand(wanted, list), failed('Putting back what was there'), { cleanup: true })
  }
  const news = withNamespace(wanted).filter((one) => fresh.includes(keyOf(one)))
  for (const object of [...news].reverse())
    await must(context, hostId, deleteCommand(wanted, object), failed(`Deleting ${keyOf(object)}`), { cleanup: true })
  return [
    kept > 0 ? `${kept} objects are what they were before` : '',
    news.length > 0 ? `${news.length} new ones are deleted` : '',
  ]
    .filter((one) => one !== '')
    .join('; ')
    .replace(/^./, (first) => first.toUpperCase())
    .concat('.')
}

function refusedBecause(stderr: string, host: string): Problem {
  const text = stderr.trim()
  const kind = /no matches for kind "([^"]+)" in version "([^"]+)"/.exec(text)
  if (kind)
    return {
      code: 'KIND_MISSING',
      fact: `The cluster of ${host} does not know the kind ${kind[1]} (${kind[2]}).`,
      fix: 'Install what defines it first (its operator or chart), or correct apiVersion and kind.',
      field: 'text',
      value: kind[1],
    }
  const namespace = /namespaces "([^"]+)" not found/.exec(text)
  if (namespace)
    return {
      code: 'NAMESPACE_MISSING',
      fact: `The cluster of ${host} has no namespace ${namespace[1]}.`,
      fix: 'Put it into the manifests, or make it first.',
      field: 'namespace',
      value: namespace[1],
    }
  if (/conflict(?:s)? with/i.test(text))
    return {
      code: 'FIELD_CONFLICT',
      fact: `Another program manages fields that the manifests set on the cluster of ${host}: ${conflictOf(text)}.`,
      fix: 'Take these fields out of the manifests, or set force_conflicts: true to take them over.',
      field: 'force_conflicts',
    }
  if (
    /connection refused|no such host|i\/o timeout|Unable to connect|was refused|no configuration has been provided|ServiceUnavailable/i.test(
      text,
    )
  )
    return {
      code: 'CLUSTER_UNREACHABLE',
      fact: `${host} does not reach a cluster: ${lastLine(text)}.`,
      fix: 'State the kubeconfig, or see that the API runs.',
      field: 'kubeconfig',
    }
  if (/Unauthorized|Forbidden|cannot (?:get|list|patch|create)/.test(text))
    return {
      code: 'CLUSTER_FORBIDDEN',
      fact: `The cluster of ${host} does not allow it: ${lastLine(text)}.`,
      fix: 'Use a kubeconfig with the right to change these objects; that of k3s needs sudo.',
      field: 'sudo',
    }
  if (/kubectl: (?:command )?not found|not found: kubectl/.test(text))
    return {
      code: 'KUBECTL_MISSING',
      fact: `${host} has no kubectl.`,
      fix: 'Name a server of k3s, or install kubectl there.',
      field: 'host',
    }
  return {
    code: 'MANIFEST_REFUSED',
    fact: `The cluster of ${host} does not accept the manifests: ${lastLine(text) || 'kubectl gave no reason'}.`,
    fix: 'Correct what it names.',
    field: 'text',
  }
}

const conflictOf = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /conflict|^-? ?\./.test(line))
    .slice(0, 4)
    .join(' ')
    .replace(/[.:]$/, '')

const namespaceComes = ({ code, value }: Problem, { objects }: Wanted): boolean =>
  (code === 'NAMESPACE_MISSING' &&
    objects.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === value)) ||
  (code === 'KIND_MISSING' &&
    objects.some(
      ({ kind, spec }) =>
        kind === 'CustomResourceDefinition' &&
        (spec as { names?: { kind?: string } } | undefined)?.names?.kind === value,
    ))

function counted(objects: readonly KubeObject[]): string {
  const kinds = new Map<string, number>()
  for (const { kind } of objects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return [...kinds].map(([kind, count]) => (count === 1 ? `1 ${kind}` : `${count} × ${kind}`)).join(', ')
}

const failed = (what: string) => ({
  code: 'KUBECTL_FAILED',
  what,
  fix: 'Correct what kubectl names, then resume the run.',
})
