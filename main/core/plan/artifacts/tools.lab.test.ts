import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { artifactsOf } from '../../../../shared/artifacts/index.ts'
import { PROMQL } from '../../../../shared/metrics/promql.ts'
import type { Artifact, ArtifactKind } from '../../../../shared/model/artifact.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { artifactPlan } from '../../../../test/fixtures/artifact-plan.ts'
import { shippedPlans } from '../../../../test/fixtures/blueprints.ts'
import { openPlaybooks } from '../../../../test/fixtures/playbooks.ts'
import { type Lab, startLab } from '../../../../test/lab/index.ts'
import { freePort } from '../../../../test/lab/loopback.ts'
import { postgresBin } from '../../../../test/lab/postgres.ts'
import { ended, firstLine } from '../../../../test/lab/process.ts'
import { createPlaybooks } from '../../playbooks/index.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-artifacts-'))
  chmodSync(folder, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Case {
  plan: Plan
  stage: string
  artifact: Artifact
}

/** Every machine of a stage answers on this computer, so that names in proxies resolve. */
const machinesOf = (plan: Plan, stage: string) =>
  (plan.stages.find(({ id }) => id === stage)?.nodes ?? []).flatMap(({ id, count }) =>
    Array.from({ length: count }, (_, index) => ({
      ...{ name: count === 1 ? id : `${id}-${index + 1}`, address: `127.0.0.${index + 1}`, port: 22, user: 'root' },
    })),
  )
const cases: Case[] = [...shippedPlans(), artifactPlan()].flatMap((plan) =>
  plan.stages.flatMap(({ id: stage }) =>
    artifactsOf(plan, stage, {
      machines: machinesOf(plan, stage),
      rules: { sources: PROMQL, hostLabel: 'instance', where: '' },
    }).artifacts.map((artifact) => ({ plan, stage, artifact })),
  ),
)
const of = (kind: ArtifactKind) => {
  const found = cases.filter(({ artifact }) => artifact.kind === kind)
  expect(found.length).toBeGreaterThan(0)
  return found
}
function put({ plan, stage, artifact }: Case, text = artifact.text): string {
  const path = join(folder, plan.id, stage, artifact.path)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}
/** Runs a tool; what it printed is in the error where it refuses. */
function tool(program: string, argv: string[], options: Parameters<typeof execFileSync>[2] = {}): string {
  try {
    return execFileSync(program, argv, { encoding: 'utf8', stdio: 'pipe', ...options }) as string
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: unknown; stderr?: unknown }
    throw new Error(`${program} ${argv.join(' ')}: ${String(stdout)}${String(stderr)}`)
  }
}
/** A value for each variable that a file asks for. */
const envOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/(?<!\$)\$\{([A-Z_a-z0-9]+):\?/g)].map(([, name]) => [name ?? '', 'example.com/x:1']),
  )
const account = () => {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

it('docker-compose reads every Compose file, with the limits and replicas of the plan', () => {
  // It takes seconds to begin, so one stage of each plan has to do.
  const each = new Map(of('compose').map((one) => [one.plan.id, one]))
  for (const one of each.values()) {
    const path = put(one)
    const printed = tool('docker-compose', ['-f', path, 'config'], {
      env: { ...process.env, ...envOf(one.artifact.text) },
    })
    const services = (parse(printed) as { services: Record<string, { deploy: { replicas: number } }> }).services
    expect(Object.keys(services).length).toBeGreaterThan(0)
    for (const service of Object.values(services)) expect(service.deploy.replicas).toBeGreaterThan(0)
  }
}, 120_000)

it('docker stack config reads every stack file', () => {
  for (const one of of('swarm-stack')) {
    const printed = tool('docker', ['stack', 'config', '-c', put(one)], {
      env: { ...process.env, ...envOf(one.artifact.text) },
    })
    expect(printed).toContain('services:')
  }
})

it('promtool accepts the rules', () => {
  expect(tool('promtool', ['check', 'rules', ...of('prometheus-rules').map((one) => put(one))])).not.toContain('FAILED')
})

it('nginx -t accepts every configuration', () => {
  for (const one of of('nginx')) {
    const path = put(one, one.artifact.text.replace(/^/, 'pid nginx.pid;\nerror_log stderr;\n'))
    tool('nginx', ['-t', '-q', '-p', dirname(path), '-c', path])
  }
})

it('haproxy -c accepts every configuration', () => {
  for (const one of of('haproxy')) {
    expect(one.artifact.open.filter((reason) => reason.includes('address'))).toEqual([])
    tool('haproxy', ['-c', '-q', '-f', put(one)])
  }
})

it('sh reads every backup script, and systemd-analyze every unit', () => {
  const units: string[] = []
  for (const one of of('backup')) {
    const path = put(one)
    if (path.endsWith('.sh')) tool('sh', ['-n', path])
    else units.push(path)
  }
  const timers = units.filter((path) => path.endsWith('.timer')).slice(0, 4)
  tool('systemd-analyze', ['verify', '--man=no', ...timers])
})

it('ansible-inventory lists the machines of a stage with their addresses', () => {
  for (const one of of('ansible-inventory').filter(({ stage }) => ['one', 'ha', 'growth'].includes(stage))) {
    const listed = JSON.parse(tool('ansible-inventory', ['-i', put(one), '--list'])) as {
      _meta: { hostvars: Record<string, { ansible_host: string }> }
    }
    const hosts = Object.values(listed._meta.hostvars)
    expect(hosts.length).toBeGreaterThan(0)
    for (const host of hosts) expect(host.ansible_host).toMatch(/^127\.0\.0\.\d+$/)
  }
}, 60_000)

it('PostgreSQL reads its settings, and starts with them', async () => {
  const user = account()
  const data = join(folder, 'data')
  mkdirSync(data)
  chownSync(data, user.uid, user.gid)
  const bin = postgresBin()
  tool(join(bin, 'initdb'), ['-D', data, '--auth=trust', '--no-sync', '-U', 'postgres'], { ...user, cwd: '/' })
  const setting = (name: string) => tool(join(bin, 'postgres'), ['-D', data, '-C', name], { ...user, cwd: '/' }).trim()
  const usual = readFileSync(join(data, 'postgresql.conf'), 'utf8')
  for (const one of of('postgresql')) {
    const path = put(one)
    writeFileSync(join(data, 'postgresql.conf'), `${usual}\ninclude '${path}'\n`)
    const asked = /^max_connections = (\d+)/m.exec(one.artifact.text)?.[1]
    expect(setting('max_connections'), path).toBe(asked)
    const buffers = Number(/^shared_buffers = (\d+)MB/m.exec(one.artifact.text)?.[1])
    expect(setting('shared_buffers'), path).toBe(String((buffers * 1024) / 8))
  }
  const small = of('postgresql').find(({ artifact }) => artifact.text.includes('shared_buffers = 512MB')) as Case
  writeFileSync(join(data, 'postgresql.conf'), `${usual}\ninclude '${put(small)}'\n`)
  const shown = tool(join(bin, 'postgres'), ['--single', '-D', data, 'postgres'], {
    ...user,
    cwd: '/',
    input: 'SHOW work_mem\n',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  expect(shown).toContain(`work_mem = "${/^work_mem = (\d+MB)/m.exec(small.artifact.text)?.[1]}"`)
}, 60_000)

it('PgBouncer starts with its settings', async () => {
  const user = account()
  for (const one of of('pgbouncer')) {
    const port = await freePort('127.0.0.1')
    const path = put(one, one.artifact.text.replace('listen_port = 6432', `listen_port = ${port}\nunix_socket_dir =`))
    writeFileSync(join(dirname(path), 'userlist.txt'), '')
    const child = spawn('/usr/sbin/pgbouncer', [path], {
      ...user,
      cwd: dirname(path),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    try {
      expect(await firstLine(child, child.stderr, /process up/)).toContain('process up')
    } finally {
      child.kill('SIGKILL')
      await ended(child)
    }
  }
}, 30_000)

it('a step of a playbook writes a file made of the plan, and stops where the plan has changed since the review', async () => {
  let lab: Lab | null = null
  const opened = openPlaybooks()
  await opened.playbooks.close()
  let text = 'shared_buffers = 1024MB  # ${{ not_an_insertion }}\n'
  const playbooks = createPlaybooks({
    ...opened,
    artifact: (reference) => (reference === 'one/postgresql' ? text : ''),
  })
  try {
    lab = await startLab({ servers: 1 })
    await opened.addServer(lab, lab.servers[0] as never, 'db')
    const target = join(folder, 'written.conf')
    const source = join(opened.workspace.folder, 'playbooks')
    mkdirSync(source, { recursive: true })
    const steps = (more = '') =>
      `steps:\n  - { id: write, name: Write, kind: template, host: db, path: ${target}, artifact: one/postgresql${more} }\n`
    const head = 'format: headroom/playbook@1\nid: made\nname: Made\nsummary: A test\nparameters: []\n'
    writeFileSync(join(source, 'made.yaml'), head + steps())
    const preview = await playbooks.preview('made', {})
    expect(preview.problems).toEqual([])
    text = 'shared_buffers = 2048MB\n'
    await expect(playbooks.start('made', {}, preview.hash)).rejects.toThrowError(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'PREVIEW_CHANGED' }) }),
    )
    text = 'shared_buffers = 1024MB  # ${{ not_an_insertion }}\n'
    const { id } = await playbooks.start('made', {}, preview.hash)
    for await (const run of playbooks.follow(id)) if (run.state === 'succeeded' || run.state === 'failed') break
    expect(readFileSync(target, 'utf8')).toBe(text)
    writeFileSync(join(source, 'made.yaml'), head + steps(', text: x'))
    expect((await playbooks.preview('made', {})).problems[0]).toMatchObject({ code: 'TEMPLATE_SOURCE' })
  } finally {
    await playbooks.close()
    await opened.close()
    await lab?.stop()
  }
}, 60_000)
