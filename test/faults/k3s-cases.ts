import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { type Lab, type Machine, startMachine } from '../lab/index.ts'
import type { ClusterGround } from './cluster-ground.ts'
import type { ClusterCase } from './cluster-play.ts'

const VERSION = 'v1.32.3+k3s1'
const INSTALLER = '/usr/local/bin/install-k3s.sh'
const SNAPSHOTS = '/var/lib/rancher/k3s/server/db/snapshots'

/** Two machines and what is done with k3s on them; k3s itself is the stand-in of the lab. */
export async function k3sCases(lab: Lab, ground: ClusterGround): Promise<Record<string, ClusterCase>> {
  const machines: Record<string, Machine> = {}
  for (const name of ['first', 'second']) {
    const machine = await startMachine(lab, name)
    machines[name] = machine
    await ground.addServer(name, machine.server)
    watched(ground, name, join(lab.folder, `machine-${name}`, 'usr-local-bin'))
  }
  const sh = (name: string, text: string) => (machines[name] as Machine).sh(text)
  const clear = () => {
    for (const name of ['second', 'first'])
      sh(
        name,
        `for one in k3s k3s-agent; do [ ! -x /usr/local/bin/$one-uninstall.sh ] || /usr/local/bin/$one-uninstall.sh; done >/dev/null 2>&1; rm -rf /usr/local/bin/.installs /var/lib/rancher/backup /var/lib/rancher/helm.json`,
      )
  }
  const server = async (etcd: boolean) => {
    clear()
    await ground.run('k3s-server', { host: 'first', version: VERSION, installer: INSTALLER, etcd: String(etcd) })
  }
  const wrong = (what: string, found: string, wanted: string) =>
    found === wanted ? [] : [`${what}: ${found}, not ${wanted}.`]
  const nodes = () => sh('first', `k3s kubectl get nodes -o 'jsonpath={.items[*].metadata.name}'`)
  const installs = (name: string) => sh(name, 'cat /usr/local/bin/.installs 2>/dev/null | wc -l')
  const count = (pattern: string) => sh('first', `ls ${SNAPSHOTS} | grep -c '^${pattern}' || :`)
  const install = `installer: ${INSTALLER}, timeout: 40s`
  return {
    server: {
      prepare: clear,
      steps: { playbook: 'k3s-server', values: { host: 'first', version: VERSION, installer: INSTALLER } },
      once: ['install-k3s.sh'],
      wrong: () => [...wrong('Nodes', nodes(), 'first'), ...wrong('Installations', installs('first'), '1')],
    },
    agent: {
      prepare: () => server(false),
      steps: { playbook: 'k3s-agents', values: { server: 'first', agents: 'second', installer: INSTALLER } },
      once: ['install-k3s.sh'],
      wrong: () => [...wrong('Nodes', nodes(), 'first second'), ...wrong('Installations', installs('second'), '1')],
    },
    'second-server': {
      prepare: () => server(true),
      steps: `  - { id: join, name: Join, kind: k3s-server, host: second, join: first, ${install} }\n`,
      once: ['install-k3s.sh'],
      wrong: () => [...wrong('Nodes', nodes(), 'first second'), ...wrong('Installations', installs('second'), '1')],
    },
    etcd: {
      prepare: () => server(false),
      steps: { playbook: 'k3s-etcd', values: { host: 'first', limit: '10000', backup: '/var/lib/rancher/backup' } },
      agree: 'etcd',
      once: [],
      wrong: () => [
        ...wrong('Nodes', nodes(), 'first'),
        ...wrong(
          'SQLite is',
          sh('first', 'ls /var/lib/rancher/k3s/server/db | grep state.db || :'),
          'state.db.migrated',
        ),
        ...wrong('Backups', sh('first', 'ls /var/lib/rancher/backup/*.tar.gz | wc -l'), '1'),
        ...wrong('Snapshots', count('after-move'), '1'),
      ],
    },
    snapshot: {
      prepare: () => server(true),
      steps: { playbook: 'k3s-etcd-snapshot', values: { host: 'first', snapshot: 'nightly', keep: '2' } },
      once: ['k3s etcd-snapshot save'],
      wrong: () => wrong('Snapshots', count('nightly'), '1'),
    },
    uninstall: {
      async prepare() {
        await server(false)
        await ground.run('k3s-agents', { server: 'first', agents: 'second', installer: INSTALLER })
      },
      steps: { playbook: 'k3s-uninstall', values: { node: 'second', server: 'first' } },
      agree: 'uninstall',
      once: [],
      wrong: () => [
        ...wrong('Nodes', nodes(), 'first'),
        ...wrong('Left', sh('second', 'ls -d /usr/local/bin/k3s /var/lib/rancher/k3s 2>/dev/null || :'), ''),
      ],
    },
    observability: {
      prepare: () => server(false),
      steps: `  - { id: metrics, name: Metrics, kind: helm, host: first, release: metrics, namespace: default, repo: "https://charts.lab/stable", chart: web, version: 1.0.0, timeout: 60s }
  - id: rules
    name: Rules
    kind: kubectl-apply
    host: first
    namespace: default
    text: |
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: rules }
      data: { a: b }
`,
      once: ['helm upgrade metrics'],
      wrong: () => [
        ...wrong(
          'Releases',
          sh(
            'first',
            `KUBECONFIG=/etc/rancher/k3s/k3s.yaml helm list --namespace default --all --filter '^metrics$' --output json | grep -o '"revision":"[0-9]*"'`,
          ),
          '"revision":"1"',
        ),
        ...wrong(
          'Rules',
          sh('first', `k3s kubectl get configmap rules --namespace default -o 'jsonpath={.data.a}'`),
          'b',
        ),
      ],
    },
  }
}

/** The programs of a machine by which k3s is changed. */
function watched({ watch }: ClusterGround, name: string, bin: string): void {
  const aside = (program: string) => {
    renameSync(join(bin, program), join(bin, `.real-${program}`))
    return `/usr/local/bin/.real-${program}`
  }
  watch.put(name, bin, 'systemctl', aside('systemctl'), '" restart "*|" start "*|" stop "*')
  watch.put(name, bin, 'install-k3s.sh', `exec sh ${aside('install-k3s.sh')} "$@"`, '*')
  watch.put(
    name,
    bin,
    'helm',
    aside('helm'),
    '*" --dry-run "*) real "$@"; exit ;;\n" upgrade "*|" install "*|" rollback "*|" uninstall "*',
  )
  watch.put(
    name,
    bin,
    'kubectl',
    '/usr/bin/kubectl',
    '*" --dry-run=server "*) real "$@"; exit ;;\n*" apply "*|*" delete "*|*" drain "*',
  )
  const program = readFileSync(join(bin, '.k3s-program'), 'utf8')
  watch.put(
    name,
    bin,
    '.k3s-program',
    program.replace(/^#!.*\n/, ''),
    '" etcd-snapshot save "*|" etcd-snapshot delete "*|" etcd-snapshot prune "*',
    '" server "*|" agent "*|" kubectl "*|" --version "*',
  )
}
