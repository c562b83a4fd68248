import * as z from 'zod'
import { quoteWord } from '../../../../../shared/format/shell.ts'
import type { Command } from '../../../../../shared/model/command.ts'
import type { Secret } from '../../../../../shared/model/secret.ts'
import { isOn } from '../files/texts.ts'
import type { PlanContext } from '../step.ts'

/** Where Kubernetes is asked, and as whom. */
export interface Cluster {
  hostId: string
  sudo: boolean
  /** Empty: that of k3s where there is one, else the user's own. */
  kubeconfig: string
}

export function clusterOf(
  step: { host: string; sudo?: boolean | string; kubeconfig?: string },
  context: PlanContext,
): Cluster {
  return {
    hostId: context.values.hostId(step.host),
    sudo: isOn(step.sudo, context),
    kubeconfig: step.kubeconfig === undefined ? '' : context.values.plain(step.kubeconfig),
  }
}

/** What stands before kubectl and helm: sudo often leaves /usr/local/bin out, and k3s has its own place for the file. */
const FIND = 'PATH=$PATH:/usr/local/bin'
const OWN = '[ -n "$KUBECONFIG" ] || [ ! -r /etc/rancher/k3s/k3s.yaml ] || export KUBECONFIG=/etc/rancher/k3s/k3s.yaml'

/** Shell text that runs with kubectl and helm of the cluster. */
export function inCluster(
  cluster: Cluster,
  script: string,
  more: { timeoutMs?: number; stdin?: string | Secret } = {},
): Command {
  const where = cluster.kubeconfig === '' ? OWN : `export KUBECONFIG=${quoteWord(cluster.kubeconfig)}`
  return {
    argv: ['sh', '-c', `${FIND}; ${where}\n${script}`],
    sudo: cluster.sudo,
    ...(more.stdin === undefined ? {} : { stdin: more.stdin }),
    timeoutMs: more.timeoutMs ?? 60_000,
  }
}

export const kubectl = (
  cluster: Cluster,
  words: readonly string[],
  more: { timeoutMs?: number; stdin?: string | Secret } = {},
): Command => inCluster(cluster, ['kubectl', ...words].map(quoteWord).join(' '), more)

const NodeSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({ unschedulable: z.boolean().optional() }).default({}),
  status: z.looseObject({
    conditions: z
      .array(
        z.looseObject({
          type: z.string(),
          status: z.string(),
          reason: z.string().default(''),
          message: z.string().default(''),
          lastHeartbeatTime: z.string().nullish(),
        }),
      )
      .default([]),
    nodeInfo: z.looseObject({ kubeletVersion: z.string().default('') }).default({ kubeletVersion: '' }),
  }),
})

export interface ClusterNode {
  name: string
  ready: boolean
  /** When it last said so, in UTC seconds by its own clock; null: it does not tell. */
  heartbeat: number | null
  /** Why it is not ready. */
  reason: string
  version: string
  etcd: boolean
  controlPlane: boolean
  cordoned: boolean
}

/** Of `kubectl get nodes -o json`. */
export function readNodes(json: string): ClusterNode[] {
  const { items } = z.object({ items: z.array(NodeSchema) }).parse(JSON.parse(json))
  return items.map(({ metadata, spec, status }) => {
    const condition = status.conditions.find(({ type }) => type === 'Ready')
    const labelled = (role: string) => metadata.labels[`node-role.kubernetes.io/${role}`] === 'true'
    return {
      name: metadata.name,
      ready: condition?.status === 'True',
      heartbeat: condition?.lastHeartbeatTime ? Date.parse(condition.lastHeartbeatTime) / 1000 : null,
      reason: condition
        ? [condition.reason, condition.message].filter((one) => one !== '').join(': ')
        : 'the node reports nothing yet',
      version: status.nodeInfo.kubeletVersion,
      etcd: labelled('etcd'),
      controlPlane: labelled('control-plane'),
      cordoned: spec.unschedulable ?? false,
    }
  })
}
