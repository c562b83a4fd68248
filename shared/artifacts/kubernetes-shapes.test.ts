import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1'
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import * as z from 'zod'
import { artifactPlan } from '../../test/fixtures/artifact-plan.ts'
import { shippedPlans } from '../../test/fixtures/blueprints.ts'
import { artifactsOf } from './index.ts'

/**
 * What is made, held against the fields that we mean to use of Kubernetes' published API (apps/v1, v1, policy/v1, autoscaling/v2,
 * networking.k8s.io/v1) and of KEDA's ScaledObject. Strict: another field fails, which the published schemas below let pass.
 */
const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
  .max(63)
const labels = z.record(z.string(), z.string().max(63))
const metadata = z.strictObject({ name, labels: labels.optional() })
const whole = z.number().int()
const quantity = z.string().regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|Ti)?$/)
const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() })
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.string() }).optional(),
  exec: z.strictObject({ command: z.array(z.string()).min(1) }).optional(),
  initialDelaySeconds: whole.min(0).optional(),
  periodSeconds: whole.min(1).optional(),
  timeoutSeconds: whole.min(1).optional(),
  failureThreshold: whole.min(1).optional(),
})
const container = z.strictObject({
  name,
  image: z.string().min(1),
  args: z.array(z.string()).optional(),
  ports: z.array(z.strictObject({ name: name.max(15), containerPort: whole.min(1).max(65_535) })).optional(),
  env: z
    .array(
      z.strictObject({
        name: z.string(),
        valueFrom: z.strictObject({ secretKeyRef: z.strictObject({ name, key: z.string() }) }),
      }),
    )
    .optional(),
  resources: z.strictObject({ requests: amounts.optional(), limits: amounts.optional() }).optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  volumeMounts: z.array(z.strictObject({ name, mountPath: z.string().startsWith('/') })).optional(),
  securityContext: z.strictObject({ allowPrivilegeEscalation: z.boolean() }),
})
const selector = z.strictObject({ matchLabels: labels })
const template = z.strictObject({
  metadata: z.strictObject({ labels }),
  spec: z.strictObject({
    topologySpreadConstraints: z
      .array(
        z.strictObject({
          maxSkew: whole.min(1),
          topologyKey: z.string(),
          whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
          labelSelector: selector,
        }),
      )
      .optional(),
    containers: z.array(container).min(1),
  }),
})
const policies = z.array(
  z.strictObject({
    type: z.enum(['Pods', 'Percent']),
    value: whole.min(1),
    periodSeconds: whole.min(1).max(1800),
  }),
)
const side = z.strictObject({
  stabilizationWindowSeconds: whole.min(0).max(3600).optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: policies.optional(),
  tolerance: quantity.optional(),
})
const behavior = z.strictObject({ scaleUp: side.optional(), scaleDown: side.optional() })
const target = z.strictObject({ apiVersion: z.literal('apps/v1').optional(), kind: z.string(), name })

const OBJECTS = z.discriminatedUnion('kind', [
  z.strictObject({
    apiVersion: z.literal('apps/v1'),
    kind: z.literal('Deployment'),
    metadata,
    spec: z.strictObject({
      replicas: whole.min(0).optional(),
      selector,
      strategy: z.strictObject({
        type: z.literal('RollingUpdate'),
        rollingUpdate: z.strictObject({ maxUnavailable: whole, maxSurge: whole }),
      }),
      template,
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('apps/v1'),
    kind: z.literal('StatefulSet'),
    metadata,
    spec: z.strictObject({
      replicas: whole.min(0).optional(),
      serviceName: name,
      selector,
      template,
      volumeClaimTemplates: z.array(
        z.strictObject({
          metadata,
          spec: z.strictObject({
            accessModes: z.array(z.enum(['ReadWriteOnce'])),
            resources: z.strictObject({ requests: z.strictObject({ storage: quantity }) }),
          }),
        }),
      ),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Service'),
    metadata,
    spec: z.strictObject({
      selector: labels,
      ports: z.array(z.strictObject({ name, port: whole.min(1).max(65_535), targetPort: z.string() })),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('policy/v1'),
    kind: z.literal('PodDisruptionBudget'),
    metadata,
    spec: z.strictObject({ maxUnavailable: whole, selector }),
  }),
  z.strictObject({
    apiVersion: z.literal('autoscaling/v2'),
    kind: z.literal('HorizontalPodAutoscaler'),
    metadata,
    spec: z.strictObject({
      scaleTargetRef: target,
      minReplicas: whole.min(1),
      maxReplicas: whole.min(1),
      metrics: z.array(
        z.discriminatedUnion('type', [
          z.strictObject({
            type: z.literal('Resource'),
            resource: z.strictObject({
              name: z.enum(['cpu', 'memory']),
              target: z.strictObject({ type: z.literal('Utilization'), averageUtilization: whole.min(1) }),
            }),
          }),
          z.strictObject({
            type: z.literal('Pods'),
            pods: z.strictObject({
              metric: z.strictObject({ name: z.string() }),
              target: z.strictObject({ type: z.literal('AverageValue'), averageValue: quantity }),
            }),
          }),
        ]),
      ),
      behavior: behavior.optional(),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('keda.sh/v1alpha1'),
    kind: z.literal('ScaledObject'),
    metadata,
    spec: z.strictObject({
      scaleTargetRef: target,
      minReplicaCount: whole.min(0),
      maxReplicaCount: whole.min(1),
      pollingInterval: whole.min(1).optional(),
      cooldownPeriod: whole.min(0).optional(),
      advanced: z.strictObject({ horizontalPodAutoscalerConfig: z.strictObject({ behavior }) }).optional(),
      // KEDA takes texts only, also for numbers.
      triggers: z.array(z.strictObject({ type: z.string(), metadata: z.record(z.string(), z.string()) })).min(1),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('networking.k8s.io/v1'),
    kind: z.literal('Ingress'),
    metadata,
    spec: z.strictObject({
      ingressClassName: z.string(),
      rules: z.array(
        z.strictObject({
          host: z.string(),
          http: z.strictObject({
            paths: z.array(
              z.strictObject({
                path: z.string(),
                pathType: z.enum(['Prefix', 'Exact', 'ImplementationSpecific']),
                backend: z.strictObject({
                  service: z.strictObject({ name, port: z.strictObject({ number: whole }) }),
                }),
              }),
            ),
          }),
        }),
      ),
    }),
  }),
])

/** The schemas that Kubernetes and KEDA publish. */
const PUBLISHED = {
  ...{ Deployment, StatefulSet, Service, PodDisruptionBudget, HorizontalPodAutoscaler, Ingress, ScaledObject },
} as Record<string, new (given: unknown) => { validate(): void }>

function published(given: { kind: string }): void {
  const Model = PUBLISHED[given.kind]
  if (!Model) throw new Error(`no published schema of ${given.kind} is asked here`)
  new Model(given).validate()
}

it('the published schemas refuse what is not theirs', () => {
  const scaleTargetRef = { kind: 'Deployment', name: 'web' }
  expect(() => published({ kind: 'HorizontalPodAutoscaler', spec: { scaleTargetRef } } as never)).toThrow(/maxReplicas/)
  expect(() =>
    published({ kind: 'ScaledObject', spec: { scaleTargetRef, triggers: [{ type: 'cpu' }] } } as never),
  ).toThrow(/metadata/)
})

const cases = [...shippedPlans(), artifactPlan()].flatMap((plan) =>
  plan.stages.map(({ id }) => [plan.id, id, plan] as const),
)
it.each(cases)('objects of %s at stage %s have the fields of the published API', (_, stage, plan) => {
  const { artifacts } = artifactsOf(plan, stage, {
    machines: [],
    rules: { sources: [], hostLabel: 'instance', where: '' },
  })
  const files = artifacts.filter(({ path }) => path.startsWith('kubernetes/'))
  const given = files.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS()))
  for (const one of given) published(one)
  const objects = given.map((one) => OBJECTS.parse(one))
  const scaled = new Set(objects.flatMap((one) => ('scaleTargetRef' in one.spec ? [one.spec.scaleTargetRef.name] : [])))
  const workloads = objects.flatMap((one) =>
    one.kind === 'Deployment' || one.kind === 'StatefulSet' ? [one.metadata.name] : [],
  )
  // What scales has something to scale.
  for (const one of scaled) expect(workloads).toContain(one)
  if (plan.id === 'shop') expect(new Set(objects.map(({ kind }) => kind)).size).toBe(7)
})
