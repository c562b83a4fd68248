import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenShipped, openShipped } from '../../../../test/fixtures/shipped-playbooks.ts'
import { type Lab, type Machine, startLab, startMachine } from '../../../../test/lab/index.ts'

/** A k3s cluster from one server in SQLite to servers with etcd, and what keeps it. The stand-in of test/lab/k3s is k3s. */
let lab: Lab
let one: OpenShipped
const machines: Record<string, Machine> = {}
const installer = '/usr/local/bin/install-k3s.sh'

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  one = openShipped()
  for (const name of ['first', 'second', 'third']) {
    machines[name] = await startMachine(lab, name)
    await one.addServer(lab, (machines[name] as Machine).server, name)
  }
}, 60_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
}, 60_000)

const sh = (name: string, text: string) => (machines[name] as Machine).sh(text)
const nodes = () => sh('first', `k3s kubectl get nodes -o 'jsonpath={.items[*].metadata.name}'`)

it('one server, then etcd after a measured disk and a backup, then three servers', async () => {
  expect(await one.run('k3s-server', { host: 'first', version: 'v1.32.3+k3s1', installer })).toMatchObject({
    states: ['succeeded', 'succeeded'],
    problem: null,
  })
  const moved = await one.run('k3s-etcd', { host: 'first', limit: 10_000, backup: '/var/lib/rancher/backup' }, ['etcd'])
  expect(moved).toMatchObject({ problem: null })
  expect(moved.output).toMatch(/99 of 100 syncs took at most [\d.]+ ms/)
  expect(sh('first', 'ls /var/lib/rancher/k3s/server/db')).toContain('state.db.migrated')
  const archive = sh('first', 'ls /var/lib/rancher/backup/*.tar.gz')
  expect(sh('first', `tar -tzf ${archive}`)).toMatch(/^server\/token$/m)
  expect(sh('first', `stat -c %a ${archive}`)).toBe('600')

  const more = await one.run(
    'k3s-more-servers',
    { first: 'first', servers: 'second,third', limit: 10_000, installer },
    [''],
  )
  expect(more).toMatchObject({ problem: null })
  expect(more.output).toContain('3 servers hold etcd; 1 of them may be lost, and 2 must be there for changes.')
  expect(nodes()).toBe('first second third')
}, 90_000)

it('a disk that is too slow stops the move before anything changes', async () => {
  const slow = await one.run('k3s-disk-latency', { host: 'first', limit: 0 })
  expect(slow.problem).toMatchObject({
    code: 'COMMAND_FAILED',
    fact: expect.stringContaining('syncs too slowly for etcd'),
  })
}, 30_000)

it('a snapshot is taken and restored; what came after it is gone', async () => {
  expect(await one.run('k3s-etcd-snapshot', { host: 'first', snapshot: 'nightly', keep: 1 })).toMatchObject({
    problem: null,
  })
  const file = sh('first', 'ls /var/lib/rancher/k3s/server/db/snapshots/nightly-*')
  sh(
    'first',
    `echo '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"later"}}' | k3s kubectl apply --server-side -f -`,
  )
  const restored = await one.run('k3s-etcd-restore', { host: 'first', file }, ['restore', ''])
  expect(restored).toMatchObject({ problem: null })
  expect(sh('first', 'k3s kubectl get namespaces -o name')).not.toContain('later')
  expect(sh('first', 'ls /var/lib/rancher/k3s/server/db')).toMatch(/etcd-old-\d+/)
}, 60_000)

it('a node is taken out of the cluster and cleared', async () => {
  const gone = await one.run('k3s-uninstall', { node: 'third', server: 'first' }, ['uninstall'])
  expect(gone).toMatchObject({ problem: null })
  expect(gone.output).toContain('3 servers hold etcd; without it 2 ready ones of 2 are left.')
  expect(nodes()).toBe('first second')
  expect(sh('third', 'ls /usr/local/bin/k3s /var/lib/rancher/k3s 2>&1 || :')).not.toMatch(/^\//m)
}, 60_000)
