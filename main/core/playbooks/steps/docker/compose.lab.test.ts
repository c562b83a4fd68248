import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../../../test/fixtures/playbooks.ts'
import {
  type DockerEngine,
  type Lab,
  showing,
  startDocker,
  startLab,
  watchStarts,
} from '../../../../../test/lab/index.ts'

let lab: Lab
let one: OpenPlaybooks
let engine: DockerEngine
let folder: string
let site: Server
let status = 200
let count = 0

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  one = openPlaybooks()
  engine = await startDocker(lab, { swarm: false })
  await one.addServer(lab, lab.servers[0] as never, 'web')
  folder = join(lab.folder, 'srv', 'shop')
  mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
  site = createServer((_request, response) => response.writeHead(status).end())
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
}, 120_000)
afterAll(async () => {
  await one?.close()
  site?.close()
  if (engine) for (const id of engine.docker('ps', '-aq').split('\n')) if (id !== '') engine.docker('rm', '-f', id)
  await lab?.stop()
}, 60_000)

const file = (web: string, more = '') => `services:
  web:
    image: ${engine.image}
    network_mode: host
    stop_grace_period: 0s
    ${web}
${more}`
const HEALTHY = `command: sleep 100000
    environment: { WORD: "\${DB_PASSWORD}" }
    healthcheck: { test: ["CMD", "true"], interval: 500ms }`

/** Ends the connections of the server, not what runs in them. */
function cutLinks(): void {
  for (const pid of lab.servers[0]?.sessions() ?? [])
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd')) process.kill(pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
}

function playbook(compose: string, more = ''): string {
  const id = `compose-${++count}`
  const text = compose.replaceAll(/^/gm, '      ')
  writeFileSync(
    join(one.workspace.folder, 'playbooks', `${id}.yaml`),
    `format: headroom/playbook@1
id: ${id}
name: Compose
summary: A test
parameters: [{ name: word, label: Word, type: secret, required: false }]
steps:
  - id: deploy
    name: Deploy
    kind: compose-deploy
    host: web
    docker_host: "${engine.host}"
    folder: ${folder}
    settle: 1s
    timeout: 30s
${more}    text: |
${text}`,
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
const running = () =>
  engine.docker('ps', '--format', '{{.Label "com.docker.compose.service"}}').split('\n').sort().filter(Boolean)
const command = (service: string) =>
  engine.docker(
    'inspect',
    '--format',
    '{{json .Config.Cmd}}',
    engine.docker('ps', '-q', '--filter', `label=com.docker.compose.service=${service}`),
  )
const path = () => join(folder, 'compose.yaml')

it('a first version that does not run is taken away again, with its files', async () => {
  const { run: ended } = await run(playbook(file('command: no-such-program')))
  expect(ended).toMatchObject({ state: 'failed' })
  expect(ended.problem?.fact).toMatch(/no-such-program.*containers were removed again/s)
  expect(running()).toEqual([])
  expect(existsSync(path())).toBe(false)
}, 60_000)

it('deploys, waits for health, keeps secrets in an env file of mode 0600', async () => {
  const id = playbook(file(HEALTHY), '    env: { DB_PASSWORD: "${{ word }}" }\n')
  const watched = await watchStarts(lab.servers, join(lab.folder, 'starts'))
  const { preview, run: ended } = await run(id, { word: 'canary-in-compose' })
  const { toAll, given } = showing(await watched.stop(), 'canary-in-compose')
  expect(toAll).toEqual([])
  expect(given.filter((argv) => !/docker-compose|"docker", "compose"/.test(argv))).toEqual([])
  expect(ended).toMatchObject({ state: 'succeeded', outcome: 'shop on web: 1 services run as wanted.' })
  expect(running()).toEqual(['web'])
  expect(preview.steps[0]?.diffs.map(({ path: of }) => of)).toEqual([path(), join(folder, '.env')])
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('DB_PASSWORD=canary-in-compose\n')
  const kept = JSON.stringify([
    preview,
    ended,
    one.playbooks.journal(ended.id),
    one.playbooks.output(ended.id, 0, 1000),
  ])
  expect(kept).not.toContain('canary-in-compose')
  expect(one.playbooks.output(ended.id, 0, 1000).lines.map(({ text }) => text)).toContain('web: healthy')
  expect((await one.playbooks.preview(id, { word: 'canary-in-compose' })).steps[0]).toMatchObject({ alreadyDone: true })
  const shipped = { host: 'web', folder, file: path(), docker_host: engine.host }
  expect(await one.playbooks.preview('compose-deploy', shipped)).toMatchObject({
    problems: [],
    steps: [{ alreadyDone: true }],
  })
}, 180_000)

it('a version that ends at once is named with its last words, and the previous one comes back', async () => {
  const before = readFileSync(path(), 'utf8')
  const { run: ended } = await run(
    playbook(
      file(
        HEALTHY.replace('sleep 100000', 'sleep 200000'),
        `  worker:\n    image: ${engine.image}\n    network_mode: host\n    command: sh -c "echo the last words; exit 3"\n`,
      ),
    ),
  )
  expect(ended).toMatchObject({ state: 'failed', problem: { code: 'COMPOSE_NOT_HEALTHY', value: 'worker' } })
  expect(ended.problem?.fact).toMatch(/exit code 3.*the last words.*The previous version runs again/s)
  expect(readFileSync(path(), 'utf8')).toBe(before)
  expect(command('web')).toBe('["sleep","100000"]')
  expect(running()).toEqual(['web'])
}, 60_000)

it('an address that does not answer brings the previous version back; undo takes a good one back', async () => {
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
  const newer = playbook(file(HEALTHY.replace('sleep 100000', 'sleep 300000')), `    url: ${url}\n`)
  status = 503
  const quick = playbook(file(HEALTHY.replace('sleep 100000', 'sleep 250000')), `    url: ${url}\n`)
  writeFileSync(
    join(one.workspace.folder, 'playbooks', `${quick}.yaml`),
    readFileSync(join(one.workspace.folder, 'playbooks', `${quick}.yaml`), 'utf8').replace(
      'timeout: 30s',
      'timeout: 4s',
    ),
  )
  const { run: refused } = await run(quick)
  expect(refused).toMatchObject({ state: 'failed', problem: { code: 'HTTP_CHECK_FAILED' } })
  expect(command('web')).toBe('["sleep","100000"]')
  status = 200
  const { run: ended } = await run(newer)
  expect(ended).toMatchObject({ state: 'succeeded' })
  expect(command('web')).toBe('["sleep","300000"]')
  await one.playbooks.undo(ended.id, 'deploy', {})
  await one.ended(ended.id)
  expect(command('web')).toBe('["sleep","100000"]')
}, 90_000)

const closeAndResume = async (runId: string) => {
  await one.reopen()
  expect(one.playbooks.run(runId)).toMatchObject({ state: 'interrupted' })
  await one.playbooks.resume(runId, {})
}

it.each([
  ['the link is cut', () => Promise.resolve(cutLinks())],
  ['the engine is restarted', () => engine.restart()],
  ['the core is closed, and the run resumed', closeAndResume],
])(
  'while it waits for health %s: it waits on, and ends as an undisturbed run does',
  async (_name, happen) => {
    const seconds = 500_000 + count
    // It is well once it is told so, however slow the machine is.
    const well = '["CMD", "sh", "-c", "[ -e /well ]"], interval: 500ms, retries: 10000'
    const always = HEALTHY.replace('sleep 100000', `sleep ${seconds}`).replace('["CMD", "true"], interval: 500ms', well)
    const id = playbook(file(`${always}\n    restart: always`))
    const { hash } = await one.playbooks.preview(id, {})
    const { id: runId } = await one.playbooks.start(id, {}, hash)
    await one.until(runId, ({ steps }) => /health check/.test(steps[0]?.progressText ?? ''))
    await happen(runId)
    const container = engine.docker('ps', '-aq', '--filter', 'label=com.docker.compose.service=web')
    const told = () => {
      try {
        return engine.docker('exec', container, 'sh', '-c', ': >/well; echo told')
      } catch {
        return 'it does not run again yet'
      }
    }
    await expect.poll(told, { timeout: 45_000 }).toBe('told')
    expect(await one.ended(runId)).toMatchObject({ state: 'succeeded', problem: null })
    expect(command('web')).toBe(`["sleep","${seconds}"]`)
  },
  120_000,
)

it('names what stands in the way before anything changes', async () => {
  expect(await problem(playbook('services:\n  web: { image: x, no_such_field: 1 }\n'))).toMatchObject({
    code: 'COMPOSE_INVALID',
    fact: expect.stringMatching(/no_such_field/),
  })
  const { port } = site.address() as AddressInfo
  const published = file(HEALTHY).replace('network_mode: host', `ports: ["${port}:80"]`)
  expect(await problem(playbook(published))).toMatchObject({ code: 'PORT_IN_USE', value: String(port) })
  const { run: ended } = await run(playbook(file(HEALTHY).replace(engine.image, 'registry.invalid/none:1')))
  expect(ended).toMatchObject({
    state: 'failed',
    problem: { code: 'IMAGE_NOT_FETCHED', fix: expect.stringContaining('Nothing was stopped') },
  })
  expect(running()).toEqual(['web'])
}, 60_000)
