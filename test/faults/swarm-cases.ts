import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DockerEngine, freePort, type Lab, startDocker } from '../lab/index.ts'
import type { ClusterGround } from './cluster-ground.ts'
import type { ClusterCase } from './cluster-play.ts'

const pathOf = (name: string) => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
const NAMES = ['first', 'second', 'third'] as const
const CHANGES =
  '*" swarm init "*|*" swarm leave "*|*" stack deploy "*|*" service scale "*|*" service update "*|*" service rollback "*|*" service rm "*|*" node update "*|*" node demote "*|*" node rm "*'

/** Servers, each with an engine of its own, and what is done with a swarm of them. Those with more managers need three. */
export async function swarmCases(
  lab: Lab,
  ground: ClusterGround,
  count: number = NAMES.length,
): Promise<Record<string, ClusterCase>> {
  const engines: DockerEngine[] = []
  const at: string[] = []
  for (const [index, name] of NAMES.slice(0, count).entries()) {
    const made = await startDocker(lab, { swarm: false })
    engines.push(made)
    at.push(`127.79.0.${index + 1}:${await freePort(`127.79.0.${index + 1}`)}`)
    const bin = mkdtempSync(join(lab.folder, `${name}-`))
    ground.watch.put(name, bin, 'docker', pathOf('docker'), CHANGES)
    // A node joins through the API, so that its token is in no command line.
    ground.watch.put(name, bin, 'curl', pathOf('curl'), '*/swarm/join*')
    const path = `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
    await ground.addServer(name, await lab.startServer({ config: [`SetEnv DOCKER_HOST=${made.host} PATH=${path}`] }))
  }
  const engine = (index: number) => engines[index] as DockerEngine
  const address = (index: number) => `advertise: 127.79.0.${index + 1}, listen: "${at[index]}"`
  const swarm = (index: number) => engine(index).docker('info', '--format', '{{.Swarm.LocalNodeState}}')
  const list = () =>
    engine(0).docker('node', 'ls', '--format', '{{.ID}} {{.Status}} {{.Availability}} {{.ManagerStatus}}').split('\n')
  const nodeId = (index: number) => engine(index).docker('info', '--format', '{{.Swarm.NodeID}}')
  const tasks = () =>
    engine(0)
      .docker('service', 'ps', 'shop_web', '--filter', 'desired-state=running', '--format', '{{.CurrentState}}')
      .split('\n')
      .filter((state) => state.startsWith('Running')).length
  const replicas = () =>
    engine(0).docker('service', 'inspect', '--format', '{{.Spec.Mode.Replicated.Replicas}}', 'shop_web')
  const leave = () => {
    for (const one of engines.toReversed())
      try {
        one.docker('swarm', 'leave', '--force')
      } catch {
        // It is in none.
      }
  }
  lab.cleanUp(leave)
  const init = () => engine(0).docker('swarm', 'init', '--advertise-addr', '127.79.0.1', '--listen-addr', at[0] ?? '')
  const joined = (index: number, role: 'worker' | 'manager') => {
    const token = engine(0).docker('swarm', 'join-token', '-q', role)
    const own = ['--advertise-addr', `127.79.0.${index + 1}`, '--listen-addr', at[index] ?? '']
    engine(index).docker('swarm', 'join', ...own, '--token', token, at[0] ?? '')
  }
  const stack = (count: number) => `version: "3.8"
services:
  web:
    image: ${engine(0).image}
    command: sleep 100000
    stop_grace_period: 1s
    networks: [machine]
    deploy: { replicas: ${count}, update_config: { order: stop-first, delay: 0s, monitor: 1s }, restart_policy: { delay: 200ms } }
networks: { machine: { external: true, name: host } }
`
  const deployed = (count: number) => {
    const file = join(lab.folder, 'deployed.yaml')
    writeFileSync(file, stack(count))
    engine(0).docker('stack', 'deploy', '--resolve-image', 'never', '--detach=false', '-c', file, 'shop')
  }
  const fresh = () => {
    leave()
    init()
  }
  const wrong = (what: string, found: unknown, wanted: unknown) =>
    found === wanted ? [] : [`${what}: ${String(found)}, not ${String(wanted)}.`]
  const ready = () => list().filter((line) => line.includes(' Ready ')).length
  const managers = () => list().filter((line) => /Leader|Reachable/.test(line)).length
  const join1 = (index: number, role: string) =>
    `  - { id: join, name: Join, kind: swarm-join, host: ${NAMES[index]}, role: ${role}, manager: first, ${address(index)} }\n`
  const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '      ')
  return {
    init: {
      prepare: leave,
      steps: `  - { id: init, name: Init, kind: swarm-init, host: first, ${address(0)} }\n`,
      once: ['docker swarm init'],
      wrong: () => [...wrong('The first is', swarm(0), 'active'), ...wrong('Nodes', list().length, 1)],
    },
    'join-worker': {
      prepare: fresh,
      steps: join1(1, 'worker'),
      once: [],
      wrong: () => [
        ...wrong('Ready nodes', ready(), 2),
        ...wrong('Nodes', list().length, 2),
        ...wrong('Managers', managers(), 1),
      ],
    },
    'join-manager': {
      prepare: fresh,
      steps: join1(2, 'manager'),
      once: [],
      wrong: () => [
        ...wrong('Ready nodes', ready(), 2),
        ...wrong('Nodes', list().length, 2),
        ...wrong('Managers', managers(), 2),
      ],
    },
    deploy: {
      prepare: fresh,
      steps: `  - id: deploy\n    name: Deploy\n    kind: swarm-deploy\n    host: first\n    stack: shop\n    resolve_image: never\n    timeout: 60s\n    text: |\n${indented(stack(2))}`,
      once: [],
      wrong: () => [...wrong('Running tasks', tasks(), 2), ...wrong('Replicas', replicas(), '2')],
    },
    scale: {
      prepare() {
        fresh()
        deployed(1)
      },
      steps:
        '  - { id: scale, name: Scale, kind: swarm-scale, host: first, service: shop_web, replicas: 3, timeout: 60s }\n',
      once: [],
      wrong: () => [...wrong('Running tasks', tasks(), 3), ...wrong('Replicas', replicas(), '3')],
    },
    drain: {
      prepare() {
        fresh()
        joined(1, 'worker')
        deployed(2)
      },
      steps: () => `  - { id: drain, name: Drain, kind: swarm-drain, host: first, node: ${nodeId(1)}, timeout: 60s }\n`,
      once: [],
      wrong: () => [
        ...wrong(
          'The node is drained',
          list().some((line) => line.startsWith(nodeId(1)) && line.includes('Drain')),
          true,
        ),
        ...wrong('Running tasks', tasks(), 2),
      ],
    },
    leave: {
      prepare() {
        fresh()
        joined(1, 'worker')
        deployed(2)
      },
      steps: '  - { id: leave, name: Leave, kind: swarm-leave, host: second, manager: first, timeout: 60s }\n',
      once: ['docker swarm leave'],
      wrong: () => [
        ...wrong('Nodes', list().length, 1),
        ...wrong('The second is', swarm(1), 'inactive'),
        ...wrong('Running tasks', tasks(), 2),
      ],
    },
    'leave-manager': {
      prepare() {
        fresh()
        joined(1, 'manager')
        joined(2, 'manager')
      },
      steps: '  - { id: leave, name: Leave, kind: swarm-leave, host: third, manager: first, timeout: 60s }\n',
      // To demote a worker changes nothing: after a cut link it is asked for again.
      once: ['docker swarm leave'],
      wrong: () => [
        ...wrong('Nodes', list().length, 2),
        ...wrong('Managers', managers(), 2),
        ...wrong('The third is', swarm(2), 'inactive'),
      ],
    },
  }
}
