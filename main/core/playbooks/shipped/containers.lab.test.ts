import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenShipped, openShipped } from '../../../../test/fixtures/shipped-playbooks.ts'
import {
  type DockerEngine,
  type Lab,
  showing,
  startDocker,
  startLab,
  startRegistry,
  watchStarts,
} from '../../../../test/lab/index.ts'
import { startObjectStore } from '../../../../test/lab/object-store.ts'

/** Containers and files: Swarm on one server, workers in a Compose file, uploads that move to object storage. */
let lab: Lab
let one: OpenShipped
let engine: DockerEngine

beforeAll(async () => {
  lab = await startLab({ servers: 2 })
  one = openShipped()
  const [first, second] = lab.servers as [never, never]
  await one.addServer(lab, first, 'vps')
  await one.addServer(lab, second, 'second')
  engine = await startDocker(lab, { swarm: false })
}, 120_000)
afterAll(async () => {
  await one?.close()
  if (engine) for (const id of engine.docker('ps', '-aq').split('\n')) if (id !== '') engine.docker('rm', '-f', id)
  await lab?.stop()
}, 60_000)

const states = (id: string) => one.playbooks.run(id).steps.map((step) => `${step.id} ${step.state}`)

it('sets the workers of one service of a Compose file, and brings the old file back where it is not well', async () => {
  const folder = join(lab.folder, 'app')
  mkdirSync(folder)
  const file = join(folder, 'docker-compose.prod.yml')
  const service = (name: string) => `  ${name}:
    image: ${engine.image}
    network_mode: host
    stop_grace_period: 0s
    command: sh -c "sleep 100000; gunicorn --bind 0.0.0.0:5000 --workers 2 app:app"
`
  const text = `services:\n${service('web')}${service('jobs')}`
  writeFileSync(file, text)
  const values = { host: 'vps', file, service: 'web', workers: 3, memory: 1, docker_host: engine.host }
  const done = await one.run('app-workers', values)
  expect(done.problem).toBeNull()
  expect(done.output).toContain('web has 3 workers and is well.')
  expect(readFileSync(file, 'utf8')).toBe(text.replace('--workers 2', '--workers 3'))
  expect(engine.docker('ps', '--no-trunc', '--format', '{{.Command}}')).toContain('--workers 3')
  expect((await one.run('app-workers', values)).states).toEqual(['skipped'])
  const sick = await one.run('app-workers', {
    ...values,
    workers: 4,
    patience: 4,
    check: `! grep -q 'workers 4' ${file}`,
  })
  expect(sick.output).toContain('The old file and its container are back.')
  expect(readFileSync(file, 'utf8')).toContain('--workers 3')
  expect(engine.docker('ps', '--no-trunc', '--format', '{{.Command}}')).toContain('--workers 3')
  const greedy = await one.run('app-workers', { ...values, workers: 900, memory: 900_000 })
  expect(greedy.output).toMatch(/900 workers of 900000 MiB take 810000000 MiB/)
}, 180_000)

it('runs several containers of a service on one server with Swarm, and the second time changes nothing', async () => {
  const file = join(lab.folder, 'stack.yaml')
  writeFileSync(
    file,
    `services:
  web:
    image: ${engine.image}
    command: sleep 100000
    networks: [outside]
networks: { outside: { external: true, name: host } }
`,
  )
  const values = {
    ...{ host: 'vps', stack: 'shop', file, service: 'web', advertise: '127.0.0.1', docker_host: engine.host },
    replicas: 2,
  }
  const done = await one.run('vps-with-swarm', values)
  expect(done.problem).toBeNull()
  expect(engine.docker('service', 'ls', '--format', '{{.Name}} {{.Replicas}}')).toBe('shop_web 2/2')
  const again = await one.run('vps-with-swarm', values)
  expect(again.problem).toBeNull()
  expect(states(again.id)).toContain('swarm.init skipped')
  expect(engine.docker('service', 'ls', '--format', '{{.Name}} {{.Replicas}}')).toBe('shop_web 2/2')
  engine.docker('stack', 'rm', 'shop')
}, 120_000)

it('moves files to object storage, compares both sides, and says so where one is missing', async () => {
  const store = await startObjectStore(lab, 'uploads')
  const folder = join(lab.folder, 'uploads')
  mkdirSync(join(folder, 'a b'), { recursive: true })
  for (let index = 0; index < 12; index++)
    writeFileSync(join(folder, `${index}.txt`), `file ${index}`.repeat(index + 1))
  writeFileSync(join(folder, 'a b', 'ü & <1>.txt'), 'odd')
  const env = join(lab.folder, 'app.env')
  writeFileSync(env, 'NAME=shop\n', { mode: 0o600 })
  const values = {
    ...{ host: 'vps', folder, bucket: 'uploads', prefix: 'images', provider: 'Other', endpoint: store.endpoint },
    ...{ access_key: store.accessKey, secret_key: store.secretKey, app_hosts: 'vps', app_file: env },
  }
  const done = await one.run('object-storage', values)
  expect(done.problem).toBeNull()
  expect(done.output).toMatch(/On the server 13 files, (\d+) bytes; in the bucket 13 files, \1 bytes\./)
  expect(done.output).not.toContain(store.secretKey)
  expect(store.objects.get('images/a b/ü & <1>.txt')?.body.toString()).toBe('odd')
  expect(readFileSync(env, 'utf8')).toMatch(/S3_BUCKET=uploads[\s\S]*S3_SECRET_ACCESS_KEY=/)
  const puts = store.puts
  const again = await one.run('object-storage', values)
  expect(states(again.id)).toEqual([
    'install skipped',
    'copy skipped',
    'compare succeeded',
    'settings skipped',
    'application succeeded',
  ])
  expect(store.puts).toBe(puts)
  const wrong = await one.run('object-storage', { ...values, secret_key: 'another' })
  expect(states(wrong.id)[1]).toBe('copy failed')
  store.objects.delete('images/3.txt')
  unlinkSync(join(folder, '4.txt'))
  const mended = await one.run('object-storage', values)
  expect(mended.problem).toBeNull()
  expect(store.objects.has('images/3.txt')).toBe(true)
}, 120_000)

it('publishes an image with a login that only docker login is given, and that is not kept', async () => {
  const registry = await startRegistry(lab, 'cAnary-51d09e')
  const folder = join(lab.folder, 'api')
  mkdirSync(folder)
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n')
  const values = { host: 'vps', folder, user: registry.user, docker_host: engine.host }
  const image = `${registry.address}/api:v1`
  const [vps] = lab.servers as [never]
  const watch = await watchStarts([vps], join(lab.folder, 'starts'))
  const done = await one.run('image-publish', { ...values, image, password: registry.password })
  const { toAll, given } = showing(await watch.stop(), registry.password)
  expect(done.problem).toBeNull()
  expect(done.output).toMatch(/api@sha256:[0-9a-f]{64}/)
  expect(toAll).toEqual([])
  // The shell of the step takes it out of its environment before it starts anything.
  expect(given.filter((argv) => !argv.includes('unset REGISTRY_PASSWORD'))).toEqual([])
  expect(given.length).toBeGreaterThan(0)
  engine.docker('rmi', image)
  expect(() => engine.docker('pull', image)).toThrow(/no basic auth|unauthorized/)
  const refused = await one.run('image-publish', { ...values, image: `${registry.address}/api:v2`, password: 'wrong' })
  expect(refused.problem?.fact).toMatch(/401 Unauthorized/)
}, 120_000)

it('reviews what needs the network with its exact commands', async () => {
  const commands = async (playbook: string, values: Record<string, string | number | boolean>) => {
    const preview = await one.playbooks.preview(playbook, values)
    expect(preview.problems).toEqual([])
    return preview.steps.flatMap((step) => step.commands.map(({ text, stdin }) => `${step.id}: ${text} ${stdin ?? ''}`))
  }
  // Both would download from servers outside: here what they send is shown, and not run.
  const install = await commands('docker-install', { host: 'second', user: 'deploy' })
  expect(install.join('\n')).toContain('9DC858229FC7DD38854AE2D88D81803C0EBFCD88')
  expect(install).toContainEqual(expect.stringMatching(/^group: usermod --append --groups docker deploy/))
  const image = 'registry.example.com/api:v1.0'
  const publish = await commands('image-publish', {
    host: 'second',
    folder: '/srv/api',
    image,
    user: 'ci',
    password: 'hunter22',
  })
  expect(publish.join('\n')).toMatch(/docker build --pull --tag "\$IMAGE" -- "\$FOLDER"\ndocker push "\$IMAGE"/)
  expect(publish.join('\n')).not.toContain('hunter22')
  const redis = await one.playbooks.preview('redis-cache', {
    ...{ host: 'vps', how: 'container', password: 'a-Long_password.of~it', docker_host: engine.host },
    ...{ folder: join(lab.folder, 'redis') },
  })
  expect(JSON.stringify(redis)).toContain('maxmemory-policy allkeys-lru')
  expect(JSON.stringify(redis)).not.toContain('a-Long_password')
}, 60_000)
