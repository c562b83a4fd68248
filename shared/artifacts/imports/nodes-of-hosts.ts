import type { ImportedHost } from '../../model/imported.ts'
import type { Stage } from '../../model/stage.ts'
import { type Node, slug } from '../workload.ts'

/** What a group says of its machines; else they are servers. */
const KINDS: readonly (readonly [RegExp, Node['kind']])[] = [
  [/^(db|data|databases?|postgres(ql)?|mysql|pg)s?$/, 'database'],
  [/^(caches?|redis|valkey|memcached)$/, 'cache'],
  [/^(lb|load_?balancers?|haproxy|balancers?)$/, 'load-balancer'],
  [/^(queues?|rabbitmq|kafka)$/, 'queue'],
  [/^(monitoring|prometheus|grafana|observability)$/, 'monitoring'],
  [/^(k3s_?cluster|k8s|kube_?node|agents?|workers?|cluster)$/, 'cluster'],
]

/** Hosts as nodes of a stage, with ids that are free there; `exists`: a node of that id or name is there already. */
export function nodesOfHosts(
  hosts: readonly ImportedHost[],
  stage: Pick<Stage, 'nodes'>,
): { host: ImportedHost; node: Node; exists: boolean }[] {
  const known = new Set(stage.nodes.flatMap(({ id, name }) => [id, name.toLowerCase()]))
  const taken = new Set(stage.nodes.map(({ id }) => id))
  return hosts.map((host) => {
    const wanted = slug(host.name).replace(/^(?=\d)/, 'host-')
    const exists = known.has(wanted) || known.has(host.name.toLowerCase())
    let id = wanted
    for (let count = 2; !exists && taken.has(id); count += 1) id = `${wanted}-${count}`
    taken.add(id)
    const kind = host.groups.flatMap((group) => KINDS.find(([name]) => name.test(group.toLowerCase()))?.[1] ?? [])[0]
    return {
      host,
      exists,
      node: {
        ...{ id, name: host.name, kind: kind ?? 'server', count: 1 },
        ...(host.vcpu === null ? {} : { vcpu: host.vcpu }),
        ...(host.ramGb === null ? {} : { ramGb: host.ramGb }),
        ...(host.diskGb === null ? {} : { diskGb: host.diskGb }),
        services: host.services.map((name) => ({ name, replicas: 1 })),
      },
    }
  })
}
