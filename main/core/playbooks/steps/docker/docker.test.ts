import { expect, it } from 'vitest'
import { chooseAddress } from './addresses.ts'
import { publishedPorts, takenPorts } from './compose-ports.ts'
import { whyCompose } from './compose-program.ts'
import { type Container, healthOf } from './compose-state.ts'
import { readLook } from './engine.ts'
import { nodeOf, quorumProblem, type SwarmNode } from './nodes.ts'

const node = (ID: string, ManagerStatus: string, Hostname = ID): SwarmNode => ({
  ...{ ID, Hostname, ManagerStatus },
  ...{ Status: ManagerStatus === 'Unreachable' ? 'Down' : 'Ready', Availability: 'Active' },
})

it('a manager may go only while more than half of those left can be reached', () => {
  const leader = node('a', 'Leader')
  expect(quorumProblem([leader, node('b', 'Reachable'), node('c', 'Reachable')], leader)).toBeNull()
  expect(quorumProblem([leader, node('b', 'Reachable'), node('c', 'Unreachable')], leader)).toMatchObject({
    code: 'SWARM_QUORUM',
    fact: 'Without a 1 of 2 managers can be reached, and 2 are needed.',
  })
  expect(quorumProblem([leader, node('b', 'Reachable'), node('c', 'Unreachable')], node('c', 'Unreachable'))).toBeNull()
  expect(quorumProblem([leader, node('w', '')], leader)).toMatchObject({
    fact: expect.stringContaining('last manager'),
  })
  expect(quorumProblem([leader, node('w', '')], node('w', ''))).toBeNull()
})

it('a node is found by name or id, and two of one name are told apart by id', () => {
  const nodes = [node('1', '', 'web'), node('2', '', 'web'), node('3', '', 'db')]
  expect(nodeOf(nodes, 'db')).toMatchObject({ ID: '3' })
  expect(nodeOf(nodes, '2')).toMatchObject({ ID: '2' })
  expect(nodeOf(nodes, 'web')).toMatchObject({
    code: 'NODE_AMBIGUOUS',
    fix: expect.stringContaining('1 (Ready, Active)'),
  })
  expect(nodeOf(nodes, 'none')).toMatchObject({ code: 'NODE_MISSING' })
})

it('a swarm that does not say which services there are is told from one that has none', () => {
  const swarm = 'swarm {"LocalNodeState":"active","ControlAvailable":true}'
  expect(
    readLook(`${swarm}\nunanswered Error response from daemon: The swarm does not have a leader.`, 'web'),
  ).toMatchObject({
    code: 'SWARM_UNANSWERED',
    fact: 'The swarm of web does not answer: Error response from daemon: The swarm does not have a leader.',
  })
  expect(readLook(swarm, 'web')).toMatchObject({ swarm: { ControlAvailable: true } })
  const alone =
    'swarm {"LocalNodeState":"inactive"}\nunanswered Error response from daemon: This node is not a swarm manager.'
  expect(readLook(alone, 'web')).toMatchObject({ swarm: { LocalNodeState: 'inactive' } })
})

it('a port at which another program listens is told, and one of the project itself is not', () => {
  const ports = publishedPorts(`services:
  web:
    ports:
      - { mode: ingress, target: 80, published: "8080", protocol: tcp }
      - { target: 53, published: "53", protocol: udp }
      - { target: 9, published: "9000-9009", protocol: tcp }
  old: { ports: ["127.0.0.1:9090:90/tcp", "443:443", "5000"] }
  debug: { profiles: [debug], ports: ["1:1"] }
`)
  expect(ports.map(({ service, address, port }) => `${service} ${address} ${port}`)).toEqual([
    ...['web  8080', 'old 127.0.0.1 9090', 'old  443'],
  ])
  const of = (...lines: string[]) => takenPorts(ports, lines.join('\n'), { name: 'shop', host: 'web-1' })
  expect(of('listens 8080 0.0.0.0:8080')).toMatchObject([
    {
      code: 'PORT_IN_USE',
      fact: expect.stringMatching(/^A program of web-1 listens at 0\.0\.0\.0:8080 already, where web/),
    },
  ])
  expect(of('own 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp', 'listens 8080 *:8080')).toEqual([])
  expect(of('listens 9090 10.0.0.1:9090', 'listens 80 *:80')).toEqual([])
  expect(of('listens 9090 [::]:9090')).toHaveLength(1)
})

it('chooses the address other nodes reach, and asks where it cannot tell', () => {
  const choose = (lines: string[], wanted = '', reached = '203.0.113.9') => chooseAddress(lines, wanted, reached, 'web')
  expect(choose(['eth0 203.0.113.9', 'docker0 172.17.0.1', 'eth0 2001:db8::1'])).toMatchObject({
    address: '203.0.113.9',
  })
  expect(choose(['eth0 203.0.113.9', 'eth1 10.0.0.2'])).toEqual({
    address: '10.0.0.2',
    why: 'the only private address',
  })
  expect(choose(['eth1 10.0.0.2', 'eth2 10.1.0.2'], '', '10.1.0.2')).toMatchObject({ address: '10.1.0.2' })
  expect(choose(['eth1 10.0.0.2', 'eth2 10.1.0.2'])).toMatchObject({
    code: 'SWARM_ADDRESS_AMBIGUOUS',
    field: 'advertise',
  })
  expect(choose(['eth0 10.0.0.2'], 'eth0')).toMatchObject({ address: 'eth0', why: 'as stated' })
  expect(choose(['eth0 10.0.0.2'], '198.51.100.1')).toMatchObject({ why: expect.stringContaining('does not have it') })
  expect(choose(['eth0 10.0.0.2'], '$(reboot)')).toMatchObject({ code: 'SWARM_ADDRESS_INVALID' })
})

it('judges a service by its containers', () => {
  const container = (more: Partial<Container>): Container => ({
    ...{ id: 'c', name: '/c', service: 'web', oneoff: 'False', image: 'sha256:1', ref: 'web:1', status: 'running' },
    ...{ exit: 0, error: '', started: 't', health: '', restarts: 0, policy: 'no', ...more },
  })
  const service = [{ name: 'web', image: 'web:1', builds: false, replicas: null }]
  const state = (more: Partial<Container>) => healthOf(service, [container(more)], new Map(), 0, 5000)[0]
  expect(state({ health: 'healthy' })).toMatchObject({ state: 'ok' })
  expect(state({ health: 'starting' })).toMatchObject({ state: 'wait' })
  expect(state({ health: 'unhealthy' })).toMatchObject({ state: 'failed' })
  expect(state({ status: 'exited', exit: 0 })).toMatchObject({ state: 'ok' })
  expect(state({ status: 'exited', exit: 0, policy: 'always' })).toMatchObject({ state: 'failed' })
  expect(state({ status: 'exited', exit: 137 })).toMatchObject({ state: 'failed', text: 'ended with exit code 137' })
  expect(state({ status: 'restarting', restarts: 2, exit: 1 })).toMatchObject({ state: 'failed' })
  expect(healthOf(service, [], new Map(), 0, 0)[0]).toMatchObject({ state: 'wait', text: '0 of 1 containers' })
  const since = new Map<string, number>()
  expect(healthOf(service, [container({})], since, 1000, 5000)[0]?.state).toBe('wait')
  expect(healthOf(service, [container({ started: 'again' })], since, 7000, 5000)[0]?.state).toBe('wait')
  expect(healthOf(service, [container({})], since, 7000, 5000)[0]?.state).toBe('ok')
})

it('finds the line of Compose that says what went wrong', () => {
  expect(
    whyCompose(
      'Creating shop_web_1 ... error\nERROR: for web  Cannot start service web: no such program\nEncountered errors while bringing up the project.\n',
    ),
  ).toBe('ERROR: for web  Cannot start service web: no such program')
})
