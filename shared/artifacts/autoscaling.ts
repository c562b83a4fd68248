import { parseDuration } from '../format/duration.ts'
import type { Autoscaler } from '../model/autoscaler.ts'
import { inCluster } from './kubernetes.ts'
import { headOf, type Making, type Outcome } from './made.ts'
import { stageSettings } from './settings.ts'
import { entry, field, Told } from './told.ts'
import { slug } from './workload.ts'
import { sourcesIn, type YamlEntries, yamlFile } from './yaml-file.ts'

/** autoscaling/v2 objects of the stage's autoscalers, with the behaviour that the plan simulates. */
export function hpaManifests(making: Making): Outcome {
  const { stage, plan } = making
  const scalers = stage.autoscalers.filter(({ kind }) => kind === 'hpa')
  if (scalers.length === 0) return { left: 'The stage has no autoscaler of the kind hpa.' }
  const open: string[] = []
  const notes: string[] = []
  const documents = scalers.map((scaler): YamlEntries => {
    const base = entry(entry('', 'stages', stage.id), 'autoscalers', scaler.id)
    const { name, kind } = targetOf(making, scaler)
    if (scaler.schedule || scaler.ahead)
      notes.push(`${scaler.name}: a higher minimum at times of the day is not of the HPA; KEDA's cron trigger does it.`)
    return {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: slug(scaler.id) },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
        minReplicas: new Told(Math.max(1, scaler.min), field(base, 'min')),
        maxReplicas: new Told(scaler.max, field(base, 'max')),
        metrics: scaler.metrics.map((metric): YamlEntries => {
          const metricRow = entry(base, 'metrics', metric.resource)
          const demand = plan.demand.find(({ resource }) => resource === metric.resource)
          const share = new Told(Math.max(1, Math.round(metric.target * 100)), field(metricRow, 'target'))
          if (demand?.unit === 'cores') return resourceMetric('cpu', share)
          if (demand?.unit === 'bytes') return resourceMetric('memory', share)
          open.push(`The metric ${metricName(metric.resource)} of each pod, by an adapter such as prometheus-adapter.`)
          return {
            type: 'Pods',
            pods: {
              metric: { name: metricName(metric.resource) },
              target: {
                type: 'AverageValue',
                averageValue: new Told(
                  quantity(metric.perReplica * metric.target),
                  [field(metricRow, 'perReplica'), field(metricRow, 'target')],
                  'their product',
                ),
              },
            },
          }
        }),
        behavior: behaviorOf(scaler, base),
      },
    }
  })
  return [
    {
      id: 'hpa',
      kind: 'hpa',
      path: 'kubernetes/hpa.yaml',
      language: 'yaml',
      text: yamlFile(headOf(making, 'Horizontal pod autoscalers'), documents),
      sources: documents.flatMap(sourcesIn),
      notes: [...notes, ...new Set(open)],
    },
  ]
}

const resourceMetric = (name: string, share: Told<number>): YamlEntries => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization: share } },
})
const metricName = (resource: string): string => resource.replaceAll('-', '_')
/** A number as Kubernetes writes quantities: whole, or in thousandths. */
const quantity = (value: number): string => (Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`)

function targetOf(making: Making, scaler: Autoscaler): { name: string; kind: string } {
  const target = inCluster(making).find(({ autoscaler }) => autoscaler === scaler)
  return {
    name: target?.name ?? slug(scaler.service ?? scaler.id),
    kind: target && target.volumes.length > 0 ? 'StatefulSet' : 'Deployment',
  }
}

function behaviorOf(scaler: Autoscaler, base: string): YamlEntries | undefined {
  const side = (name: 'scaleUp' | 'scaleDown'): YamlEntries | undefined => {
    const given = scaler[name]
    const tolerance =
      scaler.tolerance === 0.1
        ? undefined
        : new Told(
            quantity(scaler.tolerance),
            field(base, 'tolerance'),
            'with HPAConfigurableTolerance (Kubernetes 1.33)',
          )
    if (!given) return tolerance ? { tolerance } : undefined
    const at = field(base, name)
    return {
      stabilizationWindowSeconds: new Told(seconds(given.stabilisation, 0, 3600), field(at, 'stabilisation')),
      selectPolicy: new Told({ max: 'Max', min: 'Min', disabled: 'Disabled' }[given.select], field(at, 'select')),
      policies:
        given.policies.length === 0
          ? undefined
          : given.policies.map((policy, index) => ({
              type: new Told(
                { pods: 'Pods', percent: 'Percent' }[policy.type],
                `${field(at, 'policies')}[${index}].type`,
              ),
              value: new Told(Math.max(1, Math.round(policy.value)), `${field(at, 'policies')}[${index}].value`),
              periodSeconds: new Told(seconds(policy.period, 1, 1800), `${field(at, 'policies')}[${index}].period`),
            })),
      tolerance,
    }
  }
  const scaleUp = side('scaleUp')
  const scaleDown = side('scaleDown')
  return scaleUp || scaleDown ? { scaleUp, scaleDown } : undefined
}

const seconds = (duration: string, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(parseDuration(duration) / 1000)))

const DAYS = { mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6, sun: 0 } as const

/** KEDA's objects: on the length of a queue, and on the time of day. */
export function kedaObjects(making: Making): Outcome {
  const { plan, stage } = making
  const scalers = stage.autoscalers.filter(({ kind }) => kind === 'keda')
  if (scalers.length === 0) return { left: 'The stage has no autoscaler of the kind keda.' }
  const open: string[] = []
  const documents = scalers.map((scaler): YamlEntries => {
    const base = entry(entry('', 'stages', stage.id), 'autoscalers', scaler.id)
    const settings = stageSettings(plan, stage.id, ({ id }) => id === 'keda' || id.startsWith('keda-'))
    const target = targetOf(making, scaler)
    const source = settings.text('source')
    const list = settings.text('list')
    if (!source)
      open.push(`${scaler.name}: the address of the queue; a component "keda" with settings source and list says it.`)
    const behavior = behaviorOf(scaler, base)
    const metric = scaler.metrics[0]
    return {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: slug(scaler.id) },
      spec: {
        scaleTargetRef: { kind: target.kind, name: target.name },
        minReplicaCount: new Told(scaler.min, field(base, 'min')),
        maxReplicaCount: new Told(scaler.max, field(base, 'max')),
        pollingInterval: scaler.polling
          ? new Told(seconds(scaler.polling, 1, 86_400), field(base, 'polling'))
          : undefined,
        cooldownPeriod: scaler.cooldown
          ? new Told(seconds(scaler.cooldown, 0, 86_400), field(base, 'cooldown'))
          : undefined,
        advanced: behavior ? { horizontalPodAutoscalerConfig: { behavior } } : undefined,
        triggers: [
          {
            type: 'redis',
            metadata: {
              address: source ?? 'redis.invalid:6379',
              listName: list ?? 'queue',
              listLength: metric
                ? new Told(quantity(metric.target), field(entry(base, 'metrics', metric.resource), 'target'))
                : '1',
              activationListLength:
                scaler.activation === undefined
                  ? undefined
                  : new Told(String(scaler.activation), field(base, 'activation')),
            },
          },
          ...(scaler.schedule ?? []).map((window, index) => {
            const at = `${field(base, 'schedule')}[${index}]`
            const days = window.days.map((day) => DAYS[day]).join(',')
            const cron = (clock: string) => `${Number(clock.slice(3))} ${Number(clock.slice(0, 2))} * * ${days}`
            return {
              type: 'cron',
              metadata: {
                timezone: 'Etc/UTC',
                start: new Told(cron(window.from), [`${at}.from`, `${at}.days`]),
                end: new Told(cron(window.to), [`${at}.to`, `${at}.days`]),
                desiredReplicas: new Told(String(window.min), `${at}.min`),
              },
            }
          }),
        ],
      },
    }
  })
  return [
    {
      id: 'keda',
      kind: 'keda',
      path: 'kubernetes/keda.yaml',
      language: 'yaml',
      text: yamlFile(headOf(making, 'KEDA scaled objects'), documents),
      sources: documents.flatMap(sourcesIn),
      open: [...new Set(open)],
    },
  ]
}
