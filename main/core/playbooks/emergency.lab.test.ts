import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import {
  type Cluster,
  type DockerEngine,
  freePort,
  type Lab,
  startCluster,
  startDocker,
  startLab,
} from '../../../test/lab/index.ts'

/** What an emergency runbook asks for, on a real engine, a real PostgreSQL and a real Gunicorn. */
let lab: Lab
let engine: DockerEngine
let cluster: Cluster
let one: OpenPlaybooks

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  engine = await startDocker(lab, { swarm: false })
  cluster = await startCluster(lab, { address: lab.servers[0]?.address ?? '127.0.0.1', password: 'it is "secret"' })
  one = openPlaybooks()
  await one.addServer(lab, lab.servers[0] as never, 'vps')
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})

type Values = Record<string, string | number | boolean>
async function started(playbook: string, more: Values): Promise<string> {
  const parameters: Values = { host: 'vps', ...more }
  const preview = await one.playbooks.preview(playbook, parameters)
  expect(preview.problems).toEqual([])
  return (await one.playbooks.start(playbook, parameters, preview.hash)).id
}
const outputOf = (runId: string): string =>
  one.playbooks
    .output(runId, 0, 1000)
    .lines.map(({ text }) => text)
    .join('\n')

it('restarts a container, waits until it is up, and says when it does not come up', async () => {
  engine.docker('run', '--detach', '--network', 'host', '--name', 'shop-web-1', engine.image, 'sleep', '100000')
  const startedAt = () => engine.docker('container', 'inspect', '--format', '{{.State.StartedAt}}', 'shop-web-1')
  const before = startedAt()
  const values = { container: 'shop-web-1', grace: 0, docker_host: engine.host }
  expect(await one.ended(await started('restart-container', values))).toMatchObject({ state: 'succeeded' })
  expect(startedAt()).not.toBe(before)

  engine.docker(
    'run',
    '--detach',
    '--network',
    'host',
    '--name',
    'ends',
    engine.image,
    'sh',
    '-c',
    'echo no database; exit 3',
  )
  const broken = await one.ended(await started('restart-container', { ...values, container: 'ends', wait: 2 }))
  expect(broken).toMatchObject({ state: 'failed' })
  expect(outputOf(broken.id)).toMatch(/no database[\s\S]*ends is not up after 2 s: exited none/)

  const absent = await one.ended(await started('restart-container', { ...values, container: 'nobody' }))
  expect(absent).toMatchObject({ state: 'failed' })
  expect(absent.steps.map(({ state }) => state)).toEqual(['failed', 'pending', 'pending'])
})

it('lists what a prune would remove, and removes it only when that was seen', async () => {
  engine.docker('run', '--network', 'host', '--name', 'left-over', engine.image, 'true')
  engine.docker('run', '--detach', '--network', 'host', '--name', 'wanted', engine.image, 'sleep', '100000')
  const names = () => engine.docker('ps', '--all', '--format', '{{.Names}}').split('\n')
  const id = await started('docker-prune', { hours: 0, docker_host: engine.host })
  await one.until(id, ({ state }) => state === 'stopped')
  expect(outputOf(id)).toMatch(/left-over/)
  expect(outputOf(id)).not.toMatch(/wanted/)
  expect(names()).toContain('left-over')
  await expect(one.playbooks.resume(id, {})).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  await one.playbooks.approve(id, 'agree', '')
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
  expect(names()).toContain('wanted')
  expect(names()).not.toContain('left-over')
  expect(outputOf(id)).toMatch(/Total reclaimed space/)
})

it('lists long queries, leaves backups alone, and ends those that still run', async () => {
  const began = (program: string, sql: string) =>
    spawn('psql', ['-X', '-h', cluster.address, '-p', String(cluster.port), '-U', 'postgres', '-c', sql, 'postgres'], {
      env: { ...process.env, PGPASSWORD: cluster.password ?? '', PGAPPNAME: program },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const [slow, backup] = [began('shop', 'SELECT pg_sleep(600)'), began('pg_dump', 'SELECT pg_sleep(601)')]
  let said = ''
  slow.stderr.on('data', (text: Buffer) => {
    said += text.toString()
  })
  const slowEnded = new Promise<void>((resolve) => slow.on('exit', () => resolve()))
  const sleeping = () =>
    cluster.sql(
      'postgres',
      `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid() AND now() - query_start > interval '1 s'`,
    )
  await expect.poll(sleeping, { timeout: 45_000 }).toBe('2')
  const id = await started('postgres-end-queries', {
    ...{ seconds: 1, password: cluster.password ?? '', server: cluster.address, port: cluster.port },
  })
  await one.until(id, ({ state }) => state === 'stopped')
  expect(outputOf(id)).toMatch(/shop +\|.*SELECT pg_sleep\(600\)/)
  expect(outputOf(id)).not.toContain('pg_sleep(601)')
  await one.playbooks.approve(id, 'agree', '')
  expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
  await slowEnded
  expect(said).toContain('canceling statement due to user request')
  expect(sleeping()).toBe('1')
  expect(outputOf(id)).not.toContain(cluster.password)
  backup.kill()
  expect(
    (
      await one.ended(
        await started('postgres-end-queries', { password: 'wrong', server: cluster.address, port: cluster.port }),
      )
    ).state,
  ).toBe('failed')
})

it('takes workers from Gunicorn without a restart, and touches nothing that is not one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-gunicorn-'))
  const port = await freePort('127.0.0.1')
  writeFileSync(
    join(folder, 'app.py'),
    'def app(environ, start):\n    start("200 OK", [("Content-Type", "text/plain")])\n    return [b"ok"]\n',
  )
  const pidFile = join(folder, 'pid')
  const server = spawn('gunicorn', ['--bind', `127.0.0.1:${port}`, '--workers', '4', '--pid', pidFile, 'app:app'], {
    cwd: folder,
    stdio: 'ignore',
  })
  lab.cleanUp(() => {
    server.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })
  const workers = () => {
    try {
      const master = readFileSync(pidFile, 'utf8').trim()
      return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ').length
    } catch {
      return 0
    }
  }
  await expect.poll(workers, { timeout: 45_000 }).toBe(4)
  // What the operator's login may signal: the lab's server runs as this user.
  const master = readFileSync(pidFile, 'utf8')
  const ended = await one.ended(await started('fewer-workers', { workers: 2, pid_file: pidFile }))
  expect(outputOf(ended.id)).toMatch(/has 4 workers\.[\s\S]*It has 2 workers\./)
  expect(ended.state).toBe('succeeded')
  expect(workers()).toBe(2)
  expect(readFileSync(pidFile, 'utf8')).toBe(master)
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ok')

  const other = join(folder, 'other')
  const sleeper = spawn('sleep', ['1000'], { stdio: 'ignore' })
  lab.cleanUp(() => void sleeper.kill())
  writeFileSync(other, `${sleeper.pid}\n`)
  const refused = await one.ended(await started('fewer-workers', { workers: 1, pid_file: other }))
  expect(refused.state).toBe('failed')
  expect(outputOf(refused.id)).toContain('Nothing was changed.')
  expect(() => execFileSync('kill', ['-0', String(sleeper.pid)])).not.toThrow()
  const nothing = await one.ended(await started('fewer-workers', {}))
  expect(outputOf(nothing.id)).toContain('Name the container, the unit or the pid file')
})
