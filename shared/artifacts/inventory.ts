import { addressOf, headOf, type Making, type Outcome, unknownHost } from './made.ts'
import { entry, field, Told } from './told.ts'
import { slug } from './workload.ts'
import { sourcesIn, type YamlEntries, yamlFile } from './yaml-file.ts'

/** Nodes that are machines with a login. */
const MACHINES = ['server', 'cluster', 'database', 'cache', 'queue', 'monitoring', 'load-balancer']

/** The stage's machines as Ansible's inventory: a group for each kind and each group of the plan. */
export function ansibleInventory(making: Making): Outcome {
  const { plan, stage, machines } = making
  const base = entry('', 'stages', stage.id)
  const open: string[] = []
  const groups = new Map<string, Record<string, YamlEntries>>()
  const put = (group: string, name: string, host: YamlEntries) =>
    groups.set(group, { ...groups.get(group), [name]: host })
  for (const node of stage.nodes) {
    const sized = node.vcpu !== undefined || node.ramGb !== undefined || node.services.length > 0
    if (!MACHINES.includes(node.kind) || !(sized || node.kind === 'server' || node.kind === 'cluster')) continue
    const nodeRow = entry(base, 'nodes', node.id)
    const told = <T extends string | number>(name: string, value: T | undefined) =>
      value === undefined ? undefined : new Told(value, field(nodeRow, name))
    for (let index = 0; index < Math.min(node.count, 500); index += 1) {
      const name = node.count === 1 ? node.id : `${node.id}-${index + 1}`
      const names = [name, ...(node.count === 1 ? [node.name] : [])]
      const machine = machines.find((one) => names.some((word) => word.toLowerCase() === one.name.toLowerCase()))
      const address = addressOf(making, ...names)
      if (address === null) open.push(`The address of ${name}: a server of that name gives it.`)
      const host: YamlEntries = {
        ansible_host: new Told(
          address ?? unknownHost(name),
          field(nodeRow, 'id'),
          address === null ? 'no server is called so' : 'the server of that name',
        ),
        ansible_port: machine?.port && machine.port !== 22 ? machine.port : undefined,
        ansible_user: machine?.user ?? undefined,
        vcpu: told('vcpu', node.vcpu),
        ram_gb: told('ramGb', node.ramGb),
        disk_gb: told('diskGb', node.diskGb),
        region: told('region', node.region),
        services:
          node.services.length > 0
            ? node.services.map(
                (service) => new Told(service.name, field(entry(nodeRow, 'services', service.name), 'name')),
              )
            : undefined,
      }
      put(groupName(node.kind === 'cluster' ? 'cluster' : `${node.kind}s`), name, host)
      if (node.group !== undefined) put(groupName(node.group), name, {})
      if (stage.orchestration === 'k3s' && (node.kind === 'server' || node.kind === 'cluster'))
        put(/agent|worker/i.test(`${node.id} ${node.name}`) ? 'agent' : 'server', name, {})
    }
  }
  if (groups.size === 0) return { left: 'No node of the stage is a machine with a size.' }
  const value: YamlEntries = {
    all: {
      vars: { headroom_plan: plan.id, headroom_stage: new Told(stage.id, field(base, 'id')) },
      children: Object.fromEntries([...groups].map(([group, hosts]) => [group, { hosts }])),
    },
  }
  return [
    {
      id: 'ansible-inventory',
      kind: 'ansible-inventory',
      path: 'ansible/inventory.yaml',
      language: 'yaml',
      text: yamlFile(headOf(making, 'Ansible inventory'), [value]),
      sources: sourcesIn(value),
      open,
    },
  ]
}

/** Letters, digits and underscores, as Ansible asks of groups. */
const groupName = (text: string): string => slug(text).replaceAll('-', '_')
