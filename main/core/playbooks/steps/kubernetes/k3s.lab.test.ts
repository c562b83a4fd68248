import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../../../test/fixtures/playbooks.ts'
import { type Lab, type Machine, showing, startLab, startMachine, watchStarts } from '../../../../../test/lab/index.ts'

let lab: Lab
let one: OpenPlaybooks
const machines: Record<string, Machine> = {}
let count = 0
let agentRun = ''
let firstRun = ''
const VERSION = 'v1.32.3+k3s1'

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  one = openPlaybooks()
  for (const name of ['alpha', 'beta', 'gamma', 'delta']) {
    const machine = await startMachine(lab, name)
    machines[name] = machine
    await one.addServer(lab, machine.server, name)
  }
  mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
}, 60_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
}, 60_000)

const machine = (name: string) => machines[name] as Machine
function playbook(steps: string, parameters = '[]'): string {
  const id = `k3s-${++count}`
  writeFileSync(
    join(one.workspace.folder, 'playbooks', `${id}.yaml`),
    `format: headroom/playbook@1\nid: ${id}\nname: k3s\nsummary: A test\nparameters: ${parameters}\nsteps:\n${steps}`,
  )
  return id
}
async function run(id: string, values: Record<string, string> = {}) {
  const preview = await one.playbooks.preview(id, values)
  expect(preview.problems).toEqual([])
  const { id: runId } = await one.playbooks.start(id, values, preview.hash)
  return { preview, run: await one.ended(runId) }
}
const problems = async (id: string, values: Record<string, string> = {}) =>
  (await one.playbooks.preview(id, values)).problems
const INSTALLER = 'installer: /usr/local/bin/install-k3s.sh'
const server = (name: string, more = '') =>
  `  - { id: ${name}, name: Server ${name}, kind: k3s-server, host: ${name}, ${INSTALLER}, timeout: 20s${more === '' ? '' : `, ${more}`} }\n`
const agent = (name: string, more = '') =>
  `  - { id: ${name}, name: Agent ${name}, kind: k3s-agent, host: ${name}, server: alpha, ${INSTALLER}, timeout: 20s${more === '' ? '' : `, ${more}`} }\n`
/** Name, labels and version of each node. */
const nodes = () =>
  machine('alpha')
    .sh(
      `k3s kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name} {.metadata.labels} {.status.nodeInfo.kubeletVersion}{"\\n"}{end}'`,
    )
    .split('\n')
/** Ends the connections of a machine, and nothing that was started over them. */
function cut(name: string): void {
  for (const pid of machine(name).server.sessions())
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd')) process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself meanwhile.
    }
}
/** Every program that is started on the machines over connections to them. */
const watch = (...names: string[]) =>
  watchStarts(
    names.map((name) => machine(name).server),
    join(lab.folder, `starts-${count}`),
  )

it('refuses what cannot work before anything changes, with the way out', async () => {
  const code = async (steps: string) => (await problems(playbook(steps))).map((found) => found.code)
  expect(await code(server('alpha', 'version: "1.32"'))).toEqual(['K3S_VERSION'])
  expect(await code(server('alpha', `version: ${VERSION}, min_memory: 900GiB`))).toEqual(['MEMORY_TOO_SMALL'])
  expect(
    await code(server('alpha', `version: ${VERSION}, installer: /no/such`).replace(INSTALLER, 'sudo: false')),
  ).toEqual(['INSTALLER_MISSING'])
  expect(await code(agent('beta'))).toEqual(['NOT_A_K3S_SERVER'])
  expect(await code(agent('alpha'))).toEqual(['K3S_JOINS_ITSELF'])
  const taken = createServer().listen(6443, machine('alpha').server.address)
  await new Promise((resolve) => taken.once('listening', resolve))
  expect(await problems(playbook(server('alpha', `version: ${VERSION}`)))).toMatchObject([
    { code: 'PORT_IN_USE', fact: expect.stringContaining(':6443') },
  ])
  await new Promise((resolve) => taken.close(resolve))
  expect(machine('alpha').sh('ls /etc/rancher')).toBe('')
})

it('installs a server and joins an agent in one run; the token is seen nowhere', async () => {
  const id = playbook(
    server('alpha', `version: ${VERSION}, disable: [traefik], tls_san: k8s.example.com`) +
      agent('beta', 'node_labels: disk=ssd'),
  )
  const watched = await watch('alpha', 'beta')
  const { preview, run: ended } = await run(id)
  const starts = await watched.stop()
  firstRun = ended.id
  expect(ended).toMatchObject({
    state: 'succeeded',
    outcome: expect.stringContaining(`beta is a ready agent of k3s ${VERSION} in the cluster of alpha.`),
  })
  expect(nodes()).toHaveLength(2)
  expect(preview.steps[0]?.diffs[0]?.unified).toContain('+disable:')
  expect(machine('beta').sh('stat -c %a /etc/rancher/k3s/headroom-token')).toBe('600')
  expect(machine('beta').sh('cat /etc/systemd/system/k3s-agent.service.env')).toContain('K3S_TOKEN_FILE=')
  const token = machine('alpha').sh('cat /var/lib/rancher/k3s/server/token')
  const kept = JSON.stringify([
    preview,
    ended,
    one.playbooks.journal(ended.id),
    one.playbooks.output(ended.id, 0, 1000),
  ])
  expect(token).toMatch(/^K10/)
  for (const secret of [token, token.split(':').at(-1) as string]) {
    expect(kept).not.toContain(secret)
    expect(showing(starts, secret)).toEqual({ toAll: [], given: [] })
  }
  expect(starts.some(({ argv }) => argv.includes('install.sh'))).toBe(true)
  const again = await one.playbooks.preview(id, {})
  expect(again.steps.map(({ alreadyDone }) => alreadyDone)).toEqual([true, true])
}, 60_000)

it('a second server is refused while the cluster is in SQLite; moved to etcd it is taken, and its undoing takes it out again', async () => {
  const join = server('gamma', 'join: alpha')
  expect(await problems(playbook(join))).toMatchObject([{ code: 'ETCD_NEEDED', field: 'join' }])
  const move = playbook(
    server('alpha', `version: ${VERSION}, disable: [traefik], tls_san: k8s.example.com, cluster_init: true`),
  )
  const { preview, run: moved } = await run(move)
  expect(preview.steps[0]).toMatchObject({ irreversible: true, undoable: false })
  expect(preview.steps[0]?.diffs[0]?.unified).toContain('+cluster-init: true')
  expect(preview.steps[0]?.commands.some(({ text }) => text.includes('install.sh'))).toBe(false)
  expect(moved).toMatchObject({ state: 'succeeded' })
  expect(machine('alpha').sh('ls /var/lib/rancher/k3s/server/db')).toContain('state.db.migrated')
  expect(nodes()).toHaveLength(2)

  const { preview: joining, run: joined } = await run(playbook(join))
  expect(joining.steps[0]?.notes[0]).toBe(`k3s ${VERSION}, as alpha has it.`)
  expect(joining.warnings.join(' ')).toContain('2 servers with etcd: that survives the loss of 0, as 1 would')
  expect(joined).toMatchObject({ state: 'succeeded' })
  expect(nodes().filter((line) => line.includes('role.kubernetes.io/etcd'))).toHaveLength(2)
  await one.playbooks.undo(joined.id, 'gamma', {})
  expect(await one.ended(joined.id)).toMatchObject({ problem: null })
  expect(nodes()).toHaveLength(2)
  expect(machine('gamma').sh('ls /usr/local/bin')).not.toMatch(/^k3s/m)
}, 90_000)

it('a move to etcd that is broken off is put aside and done again, and refused where that happens twice', async () => {
  const db = '/var/lib/rancher/k3s/server/db'
  const once = (more = '') => playbook(server('gamma', `version: ${VERSION}${more}`))
  await run(once())
  const move = once(', cluster_init: true')
  const preview = await one.playbooks.preview(move, {})
  const commands = preview.steps[0]?.commands ?? []
  expect(commands.find(({ text }) => text.includes('etcd.part-'))).toMatchObject({ purpose: 'cleanup' })
  // As where something starts k3s anew in the midst of its move, again and again: SQLite keeps its name.
  machine('gamma').sh(
    `setsid sh -c 'while [ -d ${db} ]; do [ -f ${db}/state.db ] || cp ${db}/state.db.migrated ${db}/state.db; sleep 0.02; done' >/dev/null 2>&1 </dev/null & echo $! >/run/systemd/writer`,
  )
  const { id: runId } = await one.playbooks.start(move, {}, preview.hash)
  expect(await one.ended(runId)).toMatchObject({
    state: 'failed',
    problem: { code: 'K3S_MOVE_BROKEN', fact: expect.stringContaining('SQLite still has all of the cluster') },
  })
  expect(machine('gamma').sh(`ls ${db}`)).toMatch(/^etcd\.part-\d+$/m)
  const told = (await one.playbooks.preview(once(', cluster_init: true, tls_san: a.example'), {})).warnings.join(' ')
  expect(told).toContain('a move was broken off there')

  machine('gamma').sh('kill -KILL -$(cat /run/systemd/writer)')
  await one.playbooks.resume(runId, {})
  expect(await one.ended(runId)).toMatchObject({ state: 'succeeded', problem: null })
  expect(machine('gamma').sh(`ls ${db} | grep state.db`)).toBe('state.db.migrated')
  expect(machine('gamma').sh(`ls -d ${db}/etcd.part-* | wc -l`)).toBe('2')
  machine('gamma').sh('k3s-uninstall.sh; rm -f /usr/local/bin/.installs')
}, 90_000)

it('takes a snapshot of etcd to the disk and to object storage, proves its size, and keeps as many as asked', async () => {
  const parameters = '[{ name: access, label: Access, type: secret }, { name: key, label: Key, type: secret }]'
  const id = playbook(
    `  - { id: snap, name: Snapshot, kind: k3s-etcd-snapshot, host: alpha, snapshot: nightly, keep: 1, s3: { bucket: backups, folder: k3s, endpoint: s3.example.com, access_key: "\${{ access }}", secret_key: "\${{ key }}" } }\n  - { id: tell, name: Tell, kind: run, host: alpha, command: "wc -c <\${{ steps.snap.path }}" }\n`,
    parameters,
  )
  const values = { access: 'lab-access', key: 'lab secret' }
  const watched = await watch('alpha')
  const { preview, run: ended } = await run(id, values)
  const { toAll, given } = showing(await watched.stop(), values.key)
  expect(toAll).toEqual([])
  expect(given.length).toBeGreaterThan(0)
  expect(given.filter((argv) => !/etcd-snapshot/.test(argv))).toEqual([])
  expect(ended).toMatchObject({
    ...{ state: 'succeeded', problem: null },
    outcome: expect.stringMatching(/nightly-alpha-\d+: \d+ bytes, also in the bucket backups/),
  })
  expect(JSON.stringify([preview, one.playbooks.journal(ended.id)])).not.toContain('lab secret')
  expect(machine('alpha').sh('ls /var/lib/rancher/k3s/server/db/snapshots').split('\n')).toHaveLength(1)
  const { run: refused } = await run(id, { ...values, key: 'wrong' })
  expect(refused).toMatchObject({
    state: 'failed',
    problem: { code: 'SNAPSHOT_FAILED', fact: expect.stringContaining('Access Key Id') },
  })
  expect((await problems(playbook('  - { id: s, name: S, kind: k3s-etcd-snapshot, host: beta }\n')))[0]).toMatchObject({
    code: 'NOT_A_K3S_SERVER',
  })
}, 60_000)

it('upgrades by one minor version, and refuses to skip one or to go back', async () => {
  const at = (version: string) =>
    playbook(server('alpha', `version: ${version}, disable: [traefik], tls_san: k8s.example.com, cluster_init: true`))
  expect(await problems(at('v1.34.1+k3s1'))).toMatchObject([{ code: 'K3S_VERSION', fix: 'Go to v1.33 first.' }])
  expect(await problems(at('v1.31.9+k3s1'))).toMatchObject([
    { code: 'K3S_VERSION', fact: expect.stringContaining('cannot go back') },
  ])
  const { preview, run: ended } = await run(at('v1.33.1+k3s1'))
  expect(preview.steps[0]?.undoable).toBe(false)
  expect(ended).toMatchObject({ state: 'succeeded', problem: null })
  expect(nodes().find((line) => line.startsWith('alpha'))).toContain('v1.33.1+k3s1')
  expect(await problems(playbook(agent('delta', 'version: v1.34.1+k3s1')))).toMatchObject([
    { code: 'K3S_VERSION', fact: expect.stringContaining('servers are upgraded first') },
  ])
}, 60_000)

it('tells a clock that is off, a node name that is taken, and a server that is not reached before anything changes', async () => {
  machine('delta').tell({ clockOffset: 300 })
  expect(await problems(playbook(agent('delta')))).toMatchObject([
    { code: 'CLOCK_SKEW', fact: expect.stringMatching(/are \d{3} seconds apart/) },
  ])
  machine('delta').tell({ clockOffset: 0 })
  expect(await problems(playbook(agent('delta', 'node_name: beta')))).toMatchObject([
    { code: 'NODE_NAME_TAKEN', value: 'beta' },
  ])
  expect(await problems(playbook(agent('delta', 'server_address: 127.0.0.1')))).toMatchObject([
    { code: 'K3S_SERVER_UNREACHABLE', field: 'server_address' },
  ])
  expect(machine('delta').sh('ls /etc/rancher')).toBe('')
})

it('a node that never gets ready is told with what it says itself, and the resumed run goes on from there', async () => {
  machine('delta').tell({ neverReady: true })
  const { run: ended } = await run(playbook(agent('delta').replace('timeout: 20s', 'timeout: 3s')))
  agentRun = ended.id
  expect(ended).toMatchObject({
    state: 'failed',
    problem: { code: 'K3S_NOT_READY', fact: expect.stringContaining('cni plugin not initialized') },
  })
  expect(ended.problem?.details?.['kubectl describe node']).toContain('KubeletNotReady')
  machine('delta').tell({ neverReady: false })
  await one.playbooks.resume(ended.id, {})
  expect(await one.ended(ended.id)).toMatchObject({ state: 'succeeded' })
  expect(machine('delta').sh('wc -l </usr/local/bin/.installs')).toBe('1')
}, 60_000)

it('a link that is cut during the installation: the installer goes on, runs once, and the run ends well', async () => {
  await one.playbooks.undo(agentRun, 'delta', {})
  expect(await one.ended(agentRun)).toMatchObject({ problem: null })
  expect(nodes()).toHaveLength(2)
  machine('delta').sh('echo 2 >/usr/local/bin/.download-seconds; rm -f /usr/local/bin/.installs')
  const id = playbook(agent('delta'))
  const preview = await one.playbooks.preview(id, {})
  const { id: runId } = await one.playbooks.start(id, {}, preview.hash)
  await expect
    .poll(() => one.playbooks.output(runId, 0, 100).lines.some(({ text }) => text.includes('as release')), {
      timeout: 45_000,
    })
    .toBe(true)
  cut('delta')
  expect(await one.ended(runId)).toMatchObject({ state: 'succeeded' })
  expect(machine('delta').sh('wc -l </usr/local/bin/.installs')).toBe('1')
  expect(nodes()).toHaveLength(3)
}, 60_000)

it('a token that is refused is told as such, not as a time that ran out; the token read anew joins', async () => {
  machine('delta').sh('k3s-agent-uninstall.sh 2>/dev/null')
  machine('alpha').sh('k3s kubectl delete node delta && cd /var/lib/rancher/k3s/server && sed -i "s/.$/x/" agent-token')
  const { run: ended } = await run(playbook(agent('delta')))
  expect(ended).toMatchObject({ state: 'failed', problem: { code: 'K3S_TOKEN_REFUSED' } })
  expect(ended.problem?.details?.log).toContain('401 Unauthorized')
  machine('alpha').sh('cd /var/lib/rancher/k3s/server && sed "s/::server:/::node:/" token >agent-token')
  await one.playbooks.resume(ended.id, {})
  expect(await one.ended(ended.id)).toMatchObject({ state: 'succeeded' })
}, 60_000)

it('the first server is not removed by undoing while other nodes depend on it', async () => {
  await one.playbooks.undo(firstRun, 'alpha', {})
  expect(await one.ended(firstRun)).toMatchObject({
    problem: { code: 'K3S_IN_USE', fact: expect.stringContaining('the cluster has other nodes') },
  })
  expect(nodes().map((line) => line.split(' ')[0])).toEqual(['alpha', 'delta'])
  expect(machine('alpha').sh('ls /usr/local/bin/k3s')).toBe('/usr/local/bin/k3s')
}, 60_000)
