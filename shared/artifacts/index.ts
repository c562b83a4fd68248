import { nearest } from '../format/nearest.ts'
import { ARTIFACT_KINDS, type Artifact, type ArtifactKind, type Artifacts } from '../model/artifact.ts'
import type { Plan } from '../model/plan.ts'
import { HeadroomError } from '../model/problem.ts'
import type { Stage } from '../model/stage.ts'
import { hpaManifests, kedaObjects } from './autoscaling.ts'
import { backupUnits } from './backup.ts'
import { cloudflareLoadBalancer } from './cloudflare.ts'
import { composeFiles, envExamples, swarmStack } from './compose.ts'
import { ansibleInventory } from './inventory.ts'
import { ingress, kubernetesManifests } from './kubernetes.ts'
import type { Machine, Making, Outcome } from './made.ts'
import { pgbouncerIni, postgresqlSettings } from './postgresql.ts'
import { haproxyCfg, nginxConf } from './proxies.ts'
import { lokiRuleFile, prometheusRuleFile, type RuleTerms } from './watching.ts'
import { workloadsOf } from './workload.ts'

export type { Machine } from './made.ts'

/** What files are made with besides the plan. */
export interface Surroundings {
  machines: readonly Machine[]
  rules: RuleTerms
}

const MAKERS: Record<ArtifactKind, (making: Making, rules: RuleTerms) => Outcome> = {
  compose: composeFiles,
  'swarm-stack': swarmStack,
  'env-example': envExamples,
  kubernetes: kubernetesManifests,
  hpa: hpaManifests,
  keda: kedaObjects,
  ingress,
  'cloudflare-load-balancer': cloudflareLoadBalancer,
  pgbouncer: pgbouncerIni,
  postgresql: postgresqlSettings,
  nginx: nginxConf,
  haproxy: haproxyCfg,
  backup: backupUnits,
  'prometheus-rules': prometheusRuleFile,
  'loki-rules': lokiRuleFile,
  'ansible-inventory': ansibleInventory,
  'plan-json': planJson,
}

/** Ways of running services, each with the kinds of files that belong to it; what is in none belongs to every way. */
const WAYS: Partial<Record<ArtifactKind, readonly (Stage['orchestration'] | undefined)[]>> = {
  compose: ['none', 'compose', 'cluster', undefined],
  'env-example': ['none', 'compose', 'cluster', 'swarm', undefined],
  'swarm-stack': ['swarm'],
  kubernetes: ['k3s', 'kubernetes'],
  hpa: ['k3s', 'kubernetes'],
  keda: ['k3s', 'kubernetes'],
  ingress: ['k3s', 'kubernetes'],
  backup: ['none', 'compose', 'cluster', 'swarm', undefined],
}

/**
 * The files of a stage, made from the plan alone: the same plan gives the same bytes.
 * @throws UNKNOWN_STAGE
 */
export function artifactsOf(plan: Plan, stageId: string, { machines, rules }: Surroundings): Artifacts {
  const stage = plan.stages.find(({ id }) => id === stageId)
  if (!stage) throw unknownStage(plan, stageId)
  const making: Making = { plan, stage, workloads: workloadsOf(plan, stage), machines }
  const artifacts: Artifact[] = []
  const left: Artifacts['left'] = []
  for (const kind of ARTIFACT_KINDS) {
    const outcome = MAKERS[kind](making, rules)
    if ('left' in outcome) {
      left.push({ kind, reason: outcome.left })
      continue
    }
    const ways = WAYS[kind]
    for (const one of outcome)
      artifacts.push({
        ...{ subject: '', executable: false, open: [], notes: [] },
        ...one,
        fits: one.fits !== false && (ways === undefined || ways.includes(stage.orchestration)),
        sources: [...new Set(one.sources.filter((source) => source !== ''))],
      })
  }
  return { stage: stageId, artifacts, left }
}

/**
 * One file of a stage by its id; the name of a kind does where there is just one of it.
 * @throws UNKNOWN_ARTIFACT names those there are, or why there is none
 */
export function artifactNamed({ artifacts, left, stage }: Artifacts, id: string): Artifact {
  const exact = artifacts.find((one) => one.id === id)
  if (exact) return exact
  const ofKind = artifacts.filter(({ kind }) => kind === id)
  const [only] = ofKind
  if (only && ofKind.length === 1) return only
  const missing = left.find(({ kind }) => kind === id)
  const ids = (ofKind.length > 0 ? ofKind : artifacts).map((one) => one.id)
  const near = nearest(id, ids)
  throw new HeadroomError({
    code: 'UNKNOWN_ARTIFACT',
    fact: missing
      ? `The stage "${stage}" has no ${id}: ${missing.reason}`
      : ofKind.length > 1
        ? `The stage "${stage}" has ${ofKind.length} artifacts of the kind ${id}.`
        : `The stage "${stage}" has no artifact "${id}".`,
    fix: `${near && !missing ? `Did you mean "${near}"? ` : ''}Use one of: ${ids.join(', ')}.`,
    field: 'artifact',
    value: id,
  })
}

function unknownStage(plan: Plan, stageId: string): HeadroomError {
  const ids = plan.stages.map(({ id }) => id)
  const near = nearest(stageId, ids)
  return new HeadroomError({
    code: 'UNKNOWN_STAGE',
    fact: `The plan has no stage "${stageId}".`,
    fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${ids.join(', ')}.`,
    field: 'stage',
    value: stageId,
  })
}

function planJson({ plan }: Making): Outcome {
  return [
    {
      id: 'plan-json',
      kind: 'plan-json',
      path: 'plan.json',
      language: 'json',
      text: `${JSON.stringify(plan, null, 2)}\n`,
      sources: [],
    },
  ]
}
