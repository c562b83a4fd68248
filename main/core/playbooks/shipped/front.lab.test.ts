import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenShipped, openShipped } from '../../../../test/fixtures/shipped-playbooks.ts'
import { freePort, type Lab, startLab } from '../../../../test/lab/index.ts'

/** What stands in front of an application and beside it: HAProxy, nginx, Redis and Prometheus, each a real one. */
let lab: Lab
let one: OpenShipped
let folder: string
const password = 'a-Long_password.of~the-cache'

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  one = openShipped()
  await one.addServer(lab, lab.servers[0] as never, 'web')
  folder = join(lab.folder, 'front')
  mkdirSync(folder)
}, 60_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
}, 60_000)

const states = (id: string) => Object.fromEntries(one.playbooks.run(id).steps.map((step) => [step.id, step.state]))
/** A program of the lab that ends with it. */
function daemon(command: string, argv: string[]): void {
  const child = spawn(command, argv, { stdio: 'ignore' })
  lab.cleanUp(() => void child.kill('SIGKILL'))
}
const open = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
  })

it('spreads the load, practises the loss of a server, and counts what failed', async () => {
  const ports = [await freePort('127.0.0.1'), await freePort('127.0.0.1')]
  const servers: Server[] = ports.map((port) => {
    const server = createServer((_request, response) => response.end(String(port)))
    server.keepAliveTimeout = 1
    return server.listen(port, '127.0.0.1')
  })
  lab.cleanUp(() => servers.forEach((server) => void server.close()))
  const [file, socket, pid] = ['haproxy.cfg', 'haproxy.sock', 'haproxy.pid'].map((name) => join(folder, name))
  const front = await freePort('127.0.0.1')
  const reload = `haproxy -D -q -f ${file} -p ${pid}.new -sf $(cat ${pid} 2>/dev/null) && mv ${pid}.new ${pid}`
  lab.cleanUp(() => void execFileSync('sh', ['-c', `if [ -f ${pid} ]; then kill $(cat ${pid}); fi`]))
  const url = `http://127.0.0.1:${front}/`
  const stopping = join(folder, 'stopping')
  const balanced = {
    ...{ backends: ports.map((port) => `127.0.0.1:${port}`).join(', '), bind: `127.0.0.1:${front}` },
    ...{ balancer_file: file ?? '', balancer_socket: socket ?? '', balancer_reload: reload, every: 1 },
  }
  const values = {
    ...{ balancer: 'web', watcher: 'web', lost: 'web', url, ...balanced, seconds: 4 },
    ...{ stop: `touch ${stopping}`, start: `rm ${stopping}` },
  }
  // The drill's commands reach the first server through a file that it is told by.
  const watcher = watch(folder, (_event, name) => {
    if (name !== 'stopping') return
    const gone = existsSync(stopping)
    if (gone && servers[0]?.listening) servers[0].close()
    else if (!gone && !servers[0]?.listening) servers[0]?.listen(ports[0], '127.0.0.1')
  })
  lab.cleanUp(() => watcher.close())
  const done = await one.run('high-availability', values, ['', ''])
  expect(done.problem).toBeNull()
  expect(done.output).toMatch(/[1-9]\d* requests, 0 failed/)
  expect(done.output).toContain(`127.0.0.1:${ports[1]}: UP`)
  expect(execFileSync('haproxy', ['-c', '-f', file ?? ''], { encoding: 'utf8' })).toContain('valid')
  const again = await one.run('load-balancer', {
    ...{ host: 'web', backends: balanced.backends, bind: balanced.bind, file: file ?? '', socket: socket ?? '' },
    ...{ reload, every: 1 },
  })
  expect(Object.values(states(again.id))).toEqual(['skipped', 'skipped'])

  // With the other server gone the drill says what failed, and the lost one comes back all the same.
  servers[1]?.close()
  await expect.poll(async () => await (await fetch(url)).text(), { timeout: 45_000 }).toBe(String(ports[0]))
  const { watcher: from, lost, seconds, stop, start } = values
  const failing = await one.run('failover-drill', { watcher: from, host: lost, url, seconds, stop, start }, [''])
  expect(failing.output).toContain('the other servers do not carry it')
  expect(states(failing.id)).toMatchObject({ ask: 'failed', back: 'succeeded', after: 'succeeded' })
}, 60_000)

it('compresses what nginx sends, and leaves an nginx alone that does already', async () => {
  const port = await freePort('127.0.0.1')
  const settings = join(folder, 'nginx.conf')
  mkdirSync(join(folder, 'conf.d'))
  mkdirSync(join(folder, 'www'))
  writeFileSync(join(folder, 'www', 'index.html'), '<p>the same again</p>'.repeat(500))
  execFileSync('chmod', ['755', lab.folder, folder])
  writeFileSync(
    settings,
    `pid ${folder}/nginx.pid; error_log ${folder}/error.log; events {}
http { access_log off; include ${folder}/conf.d/*.conf; server { listen 127.0.0.1:${port}; root ${folder}/www; } }`,
  )
  execFileSync('nginx', ['-c', settings])
  lab.cleanUp(() => void execFileSync('nginx', ['-c', settings, '-s', 'quit'], { stdio: 'pipe' }))
  const url = `http://127.0.0.1:${port}/`
  const values = {
    ...{ host: 'web', url, folder: join(folder, 'conf.d') },
    ...{ test: `nginx -t -c ${settings}`, reload: `nginx -s reload -c ${settings}` },
  }
  const done = await one.run('nginx-gzip', values)
  expect(done.problem).toBeNull()
  expect(done.output).toMatch(/10500 bytes become \d{2,3}\./)
  expect((await one.run('nginx-gzip', values)).states).toEqual(['skipped', 'skipped'])
  const load = await one.run('load-test', { host: 'web', url, requests: 200, concurrency: 5, p95: 60_000 }, [''])
  expect(load.problem).toBeNull()
  expect(load.output).toMatch(/Complete requests:\s+200/)
  const slow = await one.run('load-test', { host: 'web', url: `${url}none`, requests: 20, concurrency: 2 }, [''])
  expect(slow.output).toContain('20 requests failed.')
  const look = await one.run('server-look', { host: 'web', url })
  expect(look.output).toMatch(/Mem:[\s\S]*Filesystem[\s\S]*200: 0\.\d+ s/)
  const accept = await one.run('server-accept', { host: 'web', memory: 100, disk: 0, reaches: `127.0.0.1:${port}` }, [
    '',
  ])
  expect(accept.output).toContain(`It reaches 127.0.0.1:${port}.`)
  const small = await one.run('server-accept', { host: 'web', cpus: 900, reaches: '127.0.0.1:1' }, [''])
  expect(small.output).toMatch(/That is too little: CPUs\.[\s\S]*It does not reach 127\.0\.0\.1:1\./)
}, 60_000)

it('sets a Redis as a cache with a password, and gives it to the application', async () => {
  const port = await freePort('127.0.0.1')
  const settings = join(folder, 'redis.conf')
  writeFileSync(settings, `port ${port}\nbind 127.0.0.1\ndir ${folder}\n`)
  daemon('redis-server', [settings])
  await expect.poll(() => open(port), { timeout: 45_000 }).toBe(true)
  const env = join(folder, '.env')
  writeFileSync(env, 'NAME=shop\n', { mode: 0o600 })
  const values = { host: 'web', port, password, memory: '64mb', app_hosts: 'web', app_file: env, hit_rate: 90 }
  const done = await one.run('redis-cache', values)
  expect(done.problem).toBeNull()
  expect(states(done.id)).toMatchObject({
    install: 'skipped',
    settings: 'succeeded',
    url: 'succeeded',
    rate: 'succeeded',
  })
  expect(done.output).not.toContain(password)
  const cli = (auth: string, ...argv: string[]) =>
    execFileSync('redis-cli', ['-p', String(port), ...argv], {
      env: { PATH: process.env.PATH ?? '', ...(auth === '' ? {} : { REDISCLI_AUTH: auth }) },
      stdio: 'pipe',
      encoding: 'utf8',
    }).trim()
  expect(cli('', 'ping')).toMatch(/NOAUTH/)
  expect(cli(password, 'config', 'get', 'maxmemory')).toBe('maxmemory\n67108864')
  expect(cli(password, 'config', 'get', 'maxmemory-policy')).toBe('maxmemory-policy\nallkeys-lru')
  expect(readFileSync(settings, 'utf8')).toMatch(/maxmemory 64mb[\s\S]*requirepass|requirepass[\s\S]*maxmemory 64mb/)
  expect(readFileSync(env, 'utf8')).toContain(`redis://:${password}@127.0.0.1:${port}/0`)
  cli(password, 'set', 'a', '1')
  cli(password, 'get', 'a')
  cli(password, 'get', 'none')
  const again = await one.run('redis-cache', values)
  expect(states(again.id)).toMatchObject({ settings: 'skipped', url: 'skipped', rate: 'failed' })
  expect(again.output).toContain('Hit rate: 50% of 2 lookups')
  const wrong = await one.run('redis-cache', { ...values, password: `${password}-other` })
  expect(wrong.output).toContain('has another password than the one given')
}, 60_000)

it('watches servers with Prometheus, and refuses rules that promtool does not take', async () => {
  const there = join(folder, 'prometheus')
  mkdirSync(there)
  const [port, exporter] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')]
  writeFileSync(join(there, 'prometheus.yml'), 'scrape_configs: []\n')
  daemon('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${exporter}`])
  daemon('prometheus', [
    ...[`--config.file=${there}/prometheus.yml`, `--storage.tsdb.path=${there}/data`, '--web.enable-lifecycle'],
    `--web.listen-address=127.0.0.1:${port}`,
  ])
  await expect.poll(() => open(port), { timeout: 45_000 }).toBe(true)
  const values = {
    ...{ servers: 'web', watch: 'web', targets: `127.0.0.1:${exporter}`, folder: there, interval: 1 },
    ...{ prometheus: `http://127.0.0.1:${port}`, reload: `curl -fsS -X POST http://127.0.0.1:${port}/-/reload` },
  }
  const done = await one.run('observability', values)
  expect(done.problem).toBeNull()
  expect(done.output).toContain('1 servers answer, 4 rules are loaded.')
  const again = await one.run('observability', values)
  expect(states(again.id)).toMatchObject({
    exporter: 'skipped',
    install: 'skipped',
    'own-rules': 'skipped',
    settings: 'skipped',
  })
  const wrong = join(folder, 'wrong.yml')
  writeFileSync(wrong, 'groups:\n  - name: x\n    rules:\n      - alert: Y\n        expr: "((("\n')
  const refused = await one.run('observability', { ...values, rules: wrong, interval: 2 })
  expect(refused.output).toContain('promtool does not take it. Nothing was loaded.')
  expect(readFileSync(join(there, 'prometheus.yml'), 'utf8')).toContain('scrape_interval: 1s')
}, 90_000)
