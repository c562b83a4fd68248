import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenShipped, openShipped } from '../../../../test/fixtures/shipped-playbooks.ts'
import { type HcloudApi, startHcloudApi } from '../../../../test/lab/hcloud-api.ts'
import { type Cluster, freePort, type Lab, startCluster, startLab } from '../../../../test/lab/index.ts'

/** Servers that are ordered, made larger and deleted: the real hcloud against a stand-in for the provider's API. */
let lab: Lab
let one: OpenShipped
let api: HcloudApi
let cluster: Cluster
const cloud = () => ({ laptop: 'laptop', token: api.token, endpoint: api.endpoint })

beforeAll(async () => {
  lab = await startLab({ servers: 1 })
  one = openShipped()
  await one.addServer(lab, lab.servers[0] as never, 'vps')
  await one.hosts.add({ kind: 'local', name: 'laptop' })
  api = await startHcloudApi(lab)
  cluster = await startCluster(lab, { address: lab.servers[0]?.address ?? '127.0.0.1', password: 'sesame' })
}, 120_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
}, 60_000)

it('orders a server once, at a price that was seen', async () => {
  const values = { ...cloud(), name: 'vps2', ssh_key: 'deploy', network: 'private', firewall: 'web' }
  const dear = await one.run('server-create', { ...values, max_price: 2 })
  expect(dear.output).toContain('That is over the 2 a month allowed. Nothing was ordered.')
  const elsewhere = await one.run('server-create', { ...values, location: 'ash' })
  expect(elsewhere.output).toContain('cx23 is not to be had at ash')
  expect(api.changes).toEqual([])

  const done = await one.run('server-create', values, ['vps2', ''])
  expect(done.problem).toBeNull()
  expect(done.output).toMatch(/cx23: 2 CPUs; 4 GB memory; 40 GB disk[\s\S]*2\.99\d* a month/)
  expect(done.output).not.toContain(api.token)
  expect(api.changes).toMatchObject([
    {
      ...{ method: 'POST', path: '/servers' },
      body: {
        name: 'vps2',
        server_type: 'cx23',
        location: 'fsn1',
        ssh_keys: [8],
        networks: [9],
        firewalls: [{ firewall: 7 }],
      },
    },
  ])
  const again = await one.run('server-create', values, ['vps2', ''])
  expect(again.states).toEqual(['succeeded', 'succeeded', 'skipped', 'succeeded', 'succeeded'])
  expect(api.changes).toHaveLength(1)
  const other = await one.run('server-create', { ...values, type: 'cx33' }, ['vps2'])
  expect(other.output).toContain('There is a server vps2 already, and it is: cx23 running.')
  expect(api.unknown).toEqual([])
}, 60_000)

it('refuses a wrong token before anything is ordered', async () => {
  const refused = await one.run('server-create', { ...cloud(), token: 'wrong', name: 'vps3', ssh_key: 'deploy' })
  expect(refused.states[0]).toBe('failed')
  expect(refused.output).toContain('unable to authenticate')
})

it('makes a server larger with its disk kept, and the second time does nothing', async () => {
  api.changes.length = 0
  const site = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'))
  const port = await freePort('127.0.0.1')
  await new Promise<void>((resolve) => site.listen(port, '127.0.0.1', resolve))
  lab.cleanUp(() => void site.close())
  const values = {
    ...{ ...cloud(), host: 'vps', how: 'hcloud', name: 'vps2', type: 'cx33', cpus: 1, memory: 500 },
    url: `http://127.0.0.1:${port}/`,
  }
  const done = await one.run('vertical-resize', values, ['vps2'])
  expect(done.problem).toBeNull()
  expect(api.servers).toMatchObject([{ type: 'cx33', status: 'running' }])
  expect(api.changes.map(({ path }) => path.split('/').at(-1))).toEqual(['shutdown', 'change_type', 'poweron'])
  expect(api.changes[1]?.body.upgrade_disk).toBe(false)
  const again = await one.run('vertical-resize', values, ['vps2'])
  expect(one.playbooks.run(again.id).steps.find(({ id: step }) => step === 'change')?.state).toBe('skipped')
  expect(again.problem).toBeNull()
}, 60_000)

it('deletes an old server only when nobody talks to it, its backup is read back, and its name was typed', async () => {
  cluster.sql('postgres', 'CREATE DATABASE shop')
  const port = await freePort('127.0.0.1')
  const sockets: Socket[] = []
  const service = createServer((socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => service.listen(port, lab.servers[0]?.address, resolve))
  lab.cleanUp(() => {
    for (const socket of sockets) socket.destroy()
    service.close()
  })
  const values = {
    ...{ ...cloud(), host: 'vps', how: 'hcloud', name: 'vps2', ports: String(port), quiet: 2, database: 'shop' },
    ...{
      server: cluster.address,
      port: cluster.port,
      password: 'sesame',
      backup_folder: `${lab.folder}/last`,
      backup_script: lab.folder,
    },
  }
  const client = connect(port, lab.servers[0]?.address ?? '')
  await new Promise<void>((resolve) => client.once('connect', () => resolve()))
  const talked = await one.run('server-retire', values)
  expect(talked.output).toMatch(
    new RegExp(`Somebody still talks to this server:\\s+1 port ${port} from 127\\.0\\.0\\.1`),
  )
  expect(talked.states[1]).toBe('pending')
  client.destroy()
  await expect.poll(() => sockets.every((socket) => socket.destroyed || socket.readableEnded)).toBe(true)
  for (const socket of sockets) socket.destroy()
  const wrong = one.run('server-retire', values, ['vps1'])
  await expect(wrong).rejects.toMatchObject({ code: 'APPROVAL_MISMATCH' })
  expect(api.servers).toHaveLength(1)
  const waiting = one.playbooks.runs()[0]
  await one.playbooks.approve(waiting?.id ?? '', 'agree', 'vps2')
  expect(await one.ended(waiting?.id ?? '')).toMatchObject({ state: 'succeeded' })
  expect(api.servers).toEqual([])
  const gone = await one.run('server-retire', { ...values, database: '' }, ['vps2'])
  expect(one.playbooks.run(gone.id).steps.find(({ id }) => id === 'delete')?.state).toBe('skipped')
}, 60_000)
