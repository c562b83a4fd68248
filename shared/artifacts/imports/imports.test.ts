import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { PROMQL } from '../../metrics/promql.ts'
import { type Plan, PlanSchema } from '../../model/plan.ts'
import type { StageService } from '../../model/stage-service.ts'
import { artifactsOf } from '../index.ts'
import { readComposeFile } from './compose.ts'
import { readInventory } from './inventory.ts'
import { nodesOfHosts } from './nodes-of-hosts.ts'
import { shellWords } from './shell-words.ts'

const rules = { sources: PROMQL, hostLabel: 'instance', where: '' }
const planOf = (services: StageService[]): Plan =>
  PlanSchema.parse({
    format: 'headroom/plan@1',
    ...{ id: 'shop', name: 'Shop', summary: 'A shop', currency: 'EUR', stage: 'one' },
    drivers: [{ id: 'users', name: 'Users', unit: 'users', primary: true, present: 100 }],
    growth: { monthlyRate: 0.05, deviation: 0 },
    stages: [
      {
        ...{ id: 'one', name: 'One', objective: 'serve', orchestration: 'compose' },
        nodes: [{ id: 'vps', name: 'VPS', kind: 'server', vcpu: 4, ramGb: 8, services }],
      },
    ],
  })
const composeOf = (services: StageService[]): string =>
  artifactsOf(planOf(services), 'one', { machines: [], rules }).artifacts.find(({ kind }) => kind === 'compose')
    ?.text ?? ''
const problem = (code: string, text: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, fact: expect.stringContaining(text) }) })

describe('a Compose file', () => {
  const stated: StageService[] = [
    {
      ...{
        name: 'api',
        replicas: 3,
        image: 'ghcr.io/shop/api:1.2',
        cpus: 1.5,
        memoryGb: 1.5,
        cpuRequest: 0.25,
        memoryRequestGb: 0.5,
      },
      ...{
        port: 8080,
        health: '/health',
        command: ['serve', '--name', "it's $HOME"],
        env: ['DATABASE_URL'],
        volumes: ['data:/data'],
      },
    },
    {
      ...{ name: 'proxy', replicas: 1, image: 'traefik:v3.2', cpus: 1, memoryGb: 0.25 },
      publish: ['80:80', '127.0.0.1:8443:443/tcp'],
    },
    {
      ...{
        name: 'job',
        replicas: 2,
        image: 'shop/job:1',
        cpus: 1,
        memoryGb: 1,
        health: 'test -f "/tmp/$$" && echo ok',
      },
    },
  ]
  it('written from services and read again is the same services', () => {
    expect(readComposeFile(composeOf(stated), 'compose.yaml').services).toEqual(stated)
  })

  it('read and written again is the same file, also where the plan states little', () => {
    const few: StageService[] = [
      { name: 'web', replicas: 1, image: 'shop/web:1' },
      { name: 'postgres', replicas: 1, image: 'postgres:16' },
      { name: 'redis', replicas: 1, image: 'redis:8' },
    ]
    const text = composeOf(few)
    expect(parse(composeOf(readComposeFile(text, 'compose.yaml').services))).toEqual(parse(text))
  })

  it('is read in its long and short forms, with shared parts', () => {
    const { services, left } = readComposeFile(
      `x-base: &base
  image: shop/base:1
  mem_limit: 512m
services:
  a:
    <<: *base
    cpus: 0.5
    command: run --what "two words"
    environment: [TOKEN=canary, PLAIN]
    ports: [{target: 80, published: 8080, host_ip: 127.0.0.1}, "9000:9000"]
    volumes: [{type: bind, source: ./x, target: /x}, {type: tmpfs, target: /t}]
    healthcheck: {test: [CMD, curl, -f, "http://localhost:80/up"]}
    networks: [front]
  b:
    build: .
    scale: 2
    deploy: {mode: global}
`,
      'docker-compose.yml',
    )
    expect(services).toEqual([
      {
        ...{ name: 'a', replicas: 1, image: 'shop/base:1', cpus: 0.5, memoryGb: 0.5, health: '/up' },
        ...{ command: ['run', '--what', 'two words'], env: ['TOKEN', 'PLAIN'], volumes: ['./x:/x'] },
        publish: ['127.0.0.1:8080:80', '9000:9000'],
      },
      { name: 'b', replicas: 2 },
    ])
    expect(left.join('\n')).toMatch(/a: values of 1 variable stay out/)
    expect(left.join('\n')).toMatch(/a: networks has no place/)
    expect(left.join('\n')).toMatch(/b: it is built where it runs/)
    expect(JSON.stringify([services, left])).not.toContain('canary')
  })

  it('that is wrong is refused with line and column', () => {
    expect(() => readComposeFile('services:\n  a:\n    image: [\n', 'c.yml')).toThrowError(
      problem('YAML_INVALID', 'c.yml:'),
    )
    expect(() => readComposeFile('services:\n  a:\n    image: 5\n', 'c.yml')).toThrowError(
      problem('YAML_INVALID', 'c.yml:3:'),
    )
    expect(() => readComposeFile('services: {}\n', 'c.yml')).toThrowError(problem('COMPOSE_EMPTY', 'no services'))
    expect(() => readComposeFile(`services: ${'x'.repeat(2_000_001)}`, 'c.yml')).toThrowError(
      problem('YAML_INVALID', 'characters'),
    )
  })
})

describe('an Ansible inventory', () => {
  it('is read from INI, with ranges, groups above groups and their variables', () => {
    const { hosts, left, format } = readInventory(
      `# servers
lone.example.com
[web]
web[01:03] ansible_host=192.0.2.1 ansible_port=2222 note="two words"
[db]
db-a ansible_password=canary ansible_user="{{ who }}"
[db:vars]
ansible_user=postgres
ansible_ssh_private_key_file=~/.ssh/db
[all:vars]
ansible_user=root
[prod:children]
web
db
`,
      'hosts',
    )
    expect(format).toBe('ini')
    expect(hosts.map(({ name, address, port, user, groups }) => [name, address, port, user, groups])).toEqual([
      ['lone.example.com', 'lone.example.com', 22, 'root', []],
      ['web01', '192.0.2.1', 2222, 'root', ['web', 'prod']],
      ['web02', '192.0.2.1', 2222, 'root', ['web', 'prod']],
      ['web03', '192.0.2.1', 2222, 'root', ['web', 'prod']],
      ['db-a', 'db-a', 22, null, ['db', 'prod']],
    ])
    expect(hosts[4]?.keyPath).toBe('~/.ssh/db')
    expect(left.join()).toContain('ansible_password is not taken')
    expect(left.join()).toContain('ansible_user is a template')
    expect(JSON.stringify([hosts, left])).not.toContain('canary')
  })

  it('that is written from a plan has its machines with their sizes', () => {
    const plan = planOf([{ name: 'api', replicas: 1 }])
    const text = artifactsOf(plan, 'one', {
      machines: [{ name: 'vps', address: '192.0.2.7', port: 2200, user: 'ops' }],
      rules,
    }).artifacts.find(({ kind }) => kind === 'ansible-inventory')?.text
    const { hosts } = readInventory(text ?? '', 'inventory.yaml')
    expect(hosts).toEqual([
      {
        ...{ name: 'vps', address: '192.0.2.7', port: 2200, user: 'ops', keyPath: null, groups: ['servers'] },
        ...{ vcpu: 4, ramGb: 8, diskGb: null, services: ['api'] },
      },
    ])
  })

  it.each([
    ['[web\nx', 'hosts:1:1'],
    ['[web:vats]', 'not of "vats"'],
    ['[web:vars]\nnothing', 'hosts:2:1'],
    ['[a:children]\nb c=d', 'hosts:2:1'],
    ['[a]\n  x y', 'hosts:2:5'],
    ['[a]\nx y="', 'a quote is not closed'],
    ['x[0:9999]y[0:9999]', 'more than 5000 hosts'],
  ])('that is wrong is refused with line and column: %s', (text, place) => {
    expect(() => readInventory(text, 'hosts')).toThrowError(problem('INVENTORY_INVALID', place))
  })
  it('without hosts, or too large, is refused', () => {
    expect(() => readInventory('[a]\n', 'hosts')).toThrowError(problem('INVENTORY_EMPTY', 'names no hosts'))
    expect(() => readInventory('a\n'.repeat(1_000_001), 'hosts')).toThrowError(
      problem('INVENTORY_INVALID', 'characters'),
    )
    expect(() => readInventory('all:\n  hosts:\n    - a\n', 'hosts.yml')).toThrowError(
      problem('YAML_INVALID', 'hosts.yml:3'),
    )
  })
  it('whose groups run in a circle ends', () => {
    expect(readInventory('[a:children]\nb\n[b:children]\na\n[a]\nx\n', 'hosts').hosts[0]?.groups).toEqual(['a', 'b'])
  })
})

it.each([
  [`a 'b c' "d \\" e" f\\ g`, ['a', 'b c', 'd " e', 'f g']],
  ["''", ['']],
  ["'open", null],
])('words of %s', (text, words) => {
  expect(shellWords(text)).toEqual(words)
})

it('hosts become nodes of the kind their groups say, with ids that are free', () => {
  const { hosts } = readInventory('[db]\npg1.example.com\n[web]\nvps\n10.0.0.4\nweb_1\nweb-1\n', 'hosts')
  const nodes = nodesOfHosts(hosts, planOf([]).stages[0] as Plan['stages'][number])
  expect(nodes.map(({ node, exists }) => [node.id, node.kind, exists])).toEqual([
    ['pg1-example-com', 'database', false],
    ['vps', 'server', true],
    ['host-10-0-0-4', 'server', false],
    ['web-1', 'server', false],
    ['web-1-2', 'server', false],
  ])
})
