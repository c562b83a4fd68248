import { afterAll, beforeAll, expect, it } from 'vitest'
import { failure } from '../../../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../../../test/fixtures/playbooks.ts'
import { type DockerEngine, type Lab, startDocker, startLab } from '../../../../../test/lab/index.ts'

let lab: Lab
let engine: DockerEngine
let one: OpenPlaybooks

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  engine = await startDocker(lab)
  one = openPlaybooks()
  await one.addServer(lab, lab.servers[0] as never, 'manager')
  const create = (name: string, ...rest: string[]) =>
    engine.docker(
      ...['service', 'create', '--detach', '--network', 'host', '--no-resolve-image', '--name', name],
      ...rest,
    )
  create('web', '--stop-grace-period', '1s', engine.image, 'sleep', '100000')
  create('broken', '--replicas', '0', '--restart-delay', '200ms', engine.image, 'no-such-program')
  create('everywhere', '--mode', 'global', engine.image, 'sleep', '100000')
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})

const values = (more: Record<string, string | number>) => ({ host: 'manager', docker_host: engine.host, ...more })
async function scale(service: string, replicas: number, more: Record<string, string> = {}) {
  const parameters = values({ service, replicas, ...more })
  const preview = await one.playbooks.preview('swarm-scale', parameters)
  expect(preview.problems).toEqual([])
  const { id } = await one.playbooks.start('swarm-scale', parameters, preview.hash)
  return { preview, run: await one.ended(id) }
}
const replicas = (service: string) =>
  engine.docker('service', 'ls', '--filter', `name=${service}`, '--format', '{{.Replicas}}')

it('scales up and down, waits until the tasks run, and keeps the way back', async () => {
  await expect.poll(() => replicas('web'), { timeout: 45_000 }).toBe('1/1')
  const up = await scale('web', 3)
  const commands = up.preview.steps[0]?.commands ?? []
  expect(commands.find(({ purpose }) => purpose === 'run')?.text).toMatch(/docker service scale --detach 'web=3'$/)
  expect(commands.find(({ purpose }) => purpose === 'undo')?.text).toMatch(/web=1'$/)
  expect(up.run).toMatchObject({ state: 'succeeded', outcome: 'web runs 3 replicas (1 before).' })
  expect(replicas('web')).toBe('3/3')
  const entry = one.playbooks.journal(up.run.id).entries.find(({ kind }) => kind === 'scale')
  expect(entry?.data).toMatchObject({ before: 1, after: 3 })

  const same = await one.playbooks.preview('swarm-scale', values({ service: 'web', replicas: 3 }))
  expect(same.steps[0]).toMatchObject({ alreadyDone: true })
  expect((await scale('web', 3)).run.steps[0]).toMatchObject({ state: 'skipped' })
  expect((await scale('web', 1)).run).toMatchObject({ state: 'succeeded' })
  expect(replicas('web')).toBe('1/1')
})

it('says which task failed and why, and what brings it back', async () => {
  const { run } = await scale('broken', 2)
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'SERVICE_NOT_CONVERGED', value: 'broken' } })
  expect(run.problem?.fact).toMatch(/broken\.\d .*no-such-program/)
  expect(run.problem?.fix).toMatch(/scale broken on manager to 0/)
  engine.docker('service', 'scale', '--detach', 'broken=0')
})

it('gives up after the time allowed and names the tasks that wait', async () => {
  engine.docker(
    ...['service', 'create', '--detach', '--network', 'host', '--no-resolve-image', '--name', 'unplaced'],
    ...['--replicas', '0', '--constraint', 'node.labels.absent==yes', engine.image, 'sleep', '1000'],
  )
  const { run } = await scale('unplaced', 1, { timeout: '3s' })
  expect(run.problem).toMatchObject({
    code: 'SERVICE_NOT_CONVERGED',
    fact: expect.stringMatching(/after the time allowed.*no suitable node/),
  })
})

it('names what stands in the way', async () => {
  const problem = async (more: Record<string, string | number>) =>
    (await one.playbooks.preview('swarm-scale', values({ service: 'web', replicas: 2, ...more }))).problems[0]
  expect(await problem({ service: 'wbe' })).toMatchObject({
    code: 'SERVICE_MISSING',
    value: 'wbe',
    fix: expect.stringContaining('web'),
  })
  expect(await problem({ service: 'everywhere' })).toMatchObject({ code: 'SERVICE_NOT_REPLICATED' })
  expect(await problem({ service: '$(reboot)' })).toMatchObject({ code: 'PARAMETER_INVALID', field: 'service' })
  expect(await problem({ docker_host: 'unix:///nowhere.sock' })).toMatchObject({ code: 'DOCKER_UNREACHABLE' })
  expect(
    (await failure(one.playbooks.preview('swarm-scale', values({ service: 'web', replicas: -1 })))).problem,
  ).toMatchObject({
    code: 'PARAMETER_INVALID',
    field: 'replicas',
  })
})

it('wants a manager', async () => {
  const other = await startDocker(lab, { swarm: false })
  const preview = await one.playbooks.preview(
    'swarm-scale',
    values({ service: 'web', replicas: 2, docker_host: other.host }),
  )
  expect(preview.problems).toMatchObject([{ code: 'NOT_A_MANAGER', fact: expect.stringContaining('in no swarm') }])
})
