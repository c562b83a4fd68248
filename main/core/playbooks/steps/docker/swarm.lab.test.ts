import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../../../test/fixtures/playbooks.ts'
import {
  type DockerEngine,
  freePort,
  type Lab,
  type Sshd,
  showing,
  startDocker,
  startLab,
  watchStarts,
} from '../../../../../test/lab/index.ts'

let lab: Lab
let one: OpenPlaybooks
const engines: DockerEngine[] = []
const servers: Sshd[] = []
let count = 0

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  one = openPlaybooks()
  for (const [index, name] of ['first', 'second', 'third'].entries()) {
    engines.push(await startDocker(lab, { swarm: false }))
    // Each server has an engine of its own, as its sessions see it.
    const server = await lab.startServer({ config: [`SetEnv DOCKER_HOST=${engine(index).host}`] })
    servers.push(server)
    await one.addServer(lab, server, name)
  }
  mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
}, 180_000)
afterAll(async () => {
  await one?.close()
  for (const engine of engines.slice().reverse())
    try {
      engine.docker('swarm', 'leave', '--force')
    } catch {
      // It is in none.
    }
  await lab?.stop()
}, 60_000)

const engine = (index: number) => engines[index] as DockerEngine
function playbook(steps: string, parameters = '[]'): string {
  const id = `swarm-${++count}`
  writeFileSync(
    join(one.workspace.folder, 'playbooks', `${id}.yaml`),
    `format: headroom/playbook@1\nid: ${id}\nname: Swarm\nsummary: A test\nparameters: ${parameters}\nsteps:\n${steps}`,
  )
  return id
}
async function run(id: string, values: Record<string, string> = {}) {
  const preview = await one.playbooks.preview(id, values)
  expect(preview.problems).toEqual([])
  const { id: runId } = await one.playbooks.start(id, values, preview.hash)
  return { preview, run: await one.ended(runId) }
}
const problem = async (id: string) => (await one.playbooks.preview(id, {})).problems[0]
const nodes = () =>
  engine(0).docker('node', 'ls', '--format', '{{.ID}} {{.Status}} {{.Availability}} {{.ManagerStatus}}').split('\n')
const nodeId = (index: number) => engine(index).docker('info', '--format', '{{.Swarm.NodeID}}')
const replicas = (service: string) =>
  engine(0).docker('service', 'ls', '--filter', `name=${service}`, '--format', '{{.Replicas}}')
/** Every program that the sessions of the three servers start. */
const watch = () => watchStarts(servers, join(lab.folder, `starts-${count}`))

it('makes a swarm and joins a worker and a manager in one run; the token is seen nowhere', async () => {
  const ports = [await freePort('127.78.0.1'), await freePort('127.78.0.2'), await freePort('127.78.0.3')]
  const joining = (index: number, role: string, labels = '') =>
    `  - { id: join-${index}, name: Join ${index}, kind: swarm-join, host: ${['first', 'second', 'third'][index]}, role: ${role}, manager: first, manager_docker_host: "${engine(0).host}", docker_host: "${engine(index).host}", advertise: 127.78.0.${index + 1}, listen: "127.78.0.${index + 1}:${ports[index]}"${labels} }\n`
  const id = playbook(
    `  - { id: init, name: Init, kind: swarm-init, host: first, docker_host: "${engine(0).host}", advertise: 127.78.0.1, listen: "127.78.0.1:${ports[0]}" }\n${joining(1, 'worker', ', labels: { disk: ssd }')}${joining(2, 'manager')}`,
  )
  const watched = await watch()
  const { preview, run: ended } = await run(id)
  const starts = await watched.stop()
  expect(preview.steps[0]?.notes.join(' ')).toContain('127.78.0.1 (as stated)')
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(nodes().filter((line) => line.includes('Ready Active'))).toHaveLength(3)
  expect(nodes().filter((line) => /Leader|Reachable/.test(line))).toHaveLength(2)
  expect(engine(0).docker('node', 'inspect', '--format', '{{json .Spec.Labels}}', nodeId(1))).toBe('{"disk":"ssd"}')
  const token = engine(0).docker('swarm', 'join-token', '-q', 'worker')
  const kept = JSON.stringify([
    preview,
    ended,
    one.playbooks.journal(ended.id),
    one.playbooks.output(ended.id, 0, 1000),
  ])
  expect(token).toMatch(/^SWMTKN/)
  expect(kept).not.toContain('SWMTKN')
  expect(starts.some(({ argv }) => argv.includes('join-token'))).toBe(true)
  expect(showing(starts, 'SWMTKN')).toEqual({ toAll: [], given: [] })
  const again = await one.playbooks.preview('swarm-init-join', {
    manager: 'first',
    workers: 'second',
    managers: 'third',
  })
  expect(again.problems).toEqual([])
  expect(again.steps.map(({ alreadyDone }) => alreadyDone)).toEqual([true, true, true])
}, 120_000)

const stack = (image: string, command: string, extra = '') => `      services:
        web:
          image: ${image}
          command: ${command}
          stop_grace_period: 1s
          networks: [machine]
          deploy: { replicas: 2, update_config: { order: stop-first, delay: 0s, monitor: 2s }, restart_policy: { delay: 200ms } }
${extra}      networks: { machine: { external: true, name: host } }
`
const deploy = (file: string, more = '', parameters = '[]') =>
  playbook(
    `  - id: deploy\n    name: Deploy\n    kind: swarm-deploy\n    host: first\n    docker_host: "${engine(0).host}"\n    stack: shop\n    resolve_image: never\n    timeout: 40s\n${more}    text: |\n      version: "3.8"\n${file}`,
    parameters,
  )

it('deploys a stack, tells service by service, and takes back what does not run', async () => {
  const image = engine(0).image
  const job = `        side:\n          image: ${image}\n          command: sleep 100000\n          networks: [machine]\n`
  const first = stack(image, 'sleep 100000', '          environment: { WORD: "$WORD" }\n')
  const word = '[{ name: word, label: Word, type: secret }]'
  const watched = await watch()
  const { run: ended } = await run(deploy(first, '    env: { WORD: "${{ word }}" }\n', word), { word: 'cAnary-51d09e' })
  expect(ended).toMatchObject({ state: 'succeeded', outcome: 'shop: 1 services run as wanted.' })
  const { toAll, given } = showing(await watched.stop(), 'cAnary-51d09e')
  expect(toAll).toEqual([])
  expect(given.length).toBeGreaterThan(0)
  expect(given.filter((argv) => !/docker", "stack", "(config|deploy)"|exec docker/.test(argv))).toEqual([])
  expect(
    engine(0).docker('service', 'inspect', '--format', '{{json .Spec.TaskTemplate.ContainerSpec.Env}}', 'shop_web'),
  ).toBe('["WORD=cAnary-51d09e"]')
  expect(replicas('shop_web')).toBe('2/2')
  const file = join(lab.folder, 'stack.yaml')
  writeFileSync(file, `version: "3.8"\n${stack(image, 'sleep 100000').replaceAll(/^ {6}/gm, '')}`)
  const shipped = await one.playbooks.preview('swarm-deploy', { host: 'first', stack: 'shop', file })
  expect(shipped).toMatchObject({ problems: [], steps: [{ kind: 'swarm-deploy' }] })
  const lines = one.playbooks.output(ended.id, 0, 1000).lines.map(({ text }) => text)
  expect(lines).toContain('shop_web 2/2')

  const { preview, run: broken } = await run(deploy(stack(image, 'no-such-program', job)))
  expect(
    preview.steps[0]?.commands.find(({ purpose, text }) => purpose === 'undo' && text.includes('rollback'))?.text,
  ).toContain('shop_web')
  expect(broken).toMatchObject({ state: 'failed', problem: { code: 'STACK_NOT_CONVERGED', value: 'shop_web' } })
  expect(broken.problem?.fact).toMatch(/no-such-program.*Taken back: .*shop_web/s)
  await expect.poll(() => replicas('shop_web'), { timeout: 45_000 }).toBe('2/2')
  expect(
    engine(0).docker('service', 'inspect', '--format', '{{json .Spec.TaskTemplate.ContainerSpec.Args}}', 'shop_web'),
  ).toBe('["sleep","100000"]')
  expect(replicas('shop_side')).toBe('')

  expect(await problem(deploy('      services: [x\n'))).toMatchObject({ code: 'COMPOSE_INVALID' })
}, 120_000)

it('an engine that is restarted while a stack converges is waited for, and no service counts as running that is not told of', async () => {
  const id = deploy(stack(engine(0).image, 'sleep 300000'))
  const { hash } = await one.playbooks.preview(id, {})
  const { id: runId } = await one.playbooks.start(id, {}, hash)
  await one.until(runId, ({ steps }) => /shop_web/.test(steps[0]?.progressText ?? ''))
  await engine(0).restart()
  expect(await one.ended(runId)).toMatchObject({ state: 'succeeded', outcome: 'shop: 1 services run as wanted.' })
  const args = '{{json .Spec.TaskTemplate.ContainerSpec.Args}}'
  expect(engine(0).docker('service', 'inspect', '--format', args, 'shop_web')).toBe('["sleep","300000"]')
  expect(replicas('shop_web')).toBe('2/2')
}, 120_000)

it('drains a node, whose tasks move, and makes it active again', async () => {
  const id = nodeId(1)
  const drain = playbook(
    `  - { id: drain, name: Drain, kind: swarm-drain, host: first, docker_host: "${engine(0).host}", node: ${id}, timeout: 60s }\n`,
  )
  const { run: ended } = await run(drain)
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(nodes().find((line) => line.startsWith(id))).toContain('Drain')
  expect(replicas('shop_web')).toBe('2/2')
  await one.playbooks.undo(ended.id, 'drain', {})
  await one.ended(ended.id)
  expect(nodes().find((line) => line.startsWith(id))).toContain('Active')
  const label = playbook(
    `  - { id: label, name: Label, kind: swarm-label, host: first, docker_host: "${engine(0).host}", node: ${id}, set: { zone: a }, remove: [disk] }\n`,
  )
  const { run: labelled } = await run(label)
  const labels = () => engine(0).docker('node', 'inspect', '--format', '{{json .Spec.Labels}}', id)
  expect(labels()).toBe('{"zone":"a"}')
  await one.playbooks.undo(labelled.id, 'label', {})
  await one.ended(labelled.id)
  expect(labels()).toBe('{"disk":"ssd"}')
  expect(
    await problem(
      playbook(
        `  - { id: d, name: D, kind: swarm-drain, host: first, docker_host: "${engine(0).host}", node: nobody }\n`,
      ),
    ),
  ).toMatchObject({ code: 'NODE_MISSING' })
}, 90_000)

it('a worker leaves drained; a manager that the quorum needs is refused with the numbers', async () => {
  const leave = (name: string, index: number, manager: string, managerIndex: number) =>
    playbook(
      `  - { id: leave, name: Leave, kind: swarm-leave, host: ${name}, docker_host: "${engine(index).host}", manager: ${manager}, manager_docker_host: "${engine(managerIndex).host}", timeout: 60s }\n`,
    )
  const { run: ended } = await run(leave('second', 1, 'first', 0))
  expect(ended).toMatchObject({ state: 'succeeded', outcome: 'second has left the swarm.' })
  expect(nodes()).toHaveLength(2)
  expect(replicas('shop_web')).toBe('2/2')
  expect(engine(1).docker('info', '--format', '{{.Swarm.LocalNodeState}}')).toBe('inactive')

  const { run: demoted } = await run('swarm-node-remove', { host: 'third', manager: 'first' })
  expect(demoted).toMatchObject({ state: 'succeeded' })
  expect(nodes()).toHaveLength(1)
  expect(await problem(leave('first', 0, 'first', 0))).toMatchObject({
    code: 'SWARM_QUORUM',
    fact: expect.stringContaining('last manager'),
  })
  const drain = playbook(
    `  - { id: drain, name: Drain, kind: swarm-drain, host: first, docker_host: "${engine(0).host}", node: ${nodeId(0)} }\n`,
  )
  expect(await problem(drain)).toMatchObject({ code: 'SWARM_NO_OTHER_NODE' })
}, 120_000)

it('an engine of another swarm is refused', async () => {
  engine(1).docker(
    'swarm',
    'init',
    '--advertise-addr',
    '127.78.0.2',
    '--listen-addr',
    `127.78.0.2:${await freePort('127.78.0.2')}`,
  )
  const id = playbook(
    `  - { id: join, name: Join, kind: swarm-join, host: second, docker_host: "${engine(1).host}", manager: first, manager_docker_host: "${engine(0).host}", advertise: 127.78.0.2 }\n`,
  )
  expect(await problem(id)).toMatchObject({ code: 'SWARM_ELSEWHERE', fact: 'second is in another swarm.' })
})
