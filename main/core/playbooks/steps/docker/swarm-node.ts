import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from '../../../../../shared/model/command.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { RunContext } from '../step.ts'
import { docker, type Engine } from './engine.ts'
import { readTasks, stateOf, toldTask } from './tasks.ts'

const BETWEEN_LOOKS_MS = 500

export const availabilityCommand = (manager: Engine, nodeId: string, availability: string): Command =>
  docker(manager, ['docker', 'node', 'update', '--availability', availability, nodeId])

export const nodeTasksCommand = (manager: Engine, nodeId: string): Command =>
  docker(manager, ['docker', 'node', 'ps', '--no-trunc', '--format', '{{json .}}', nodeId], { timeoutMs: 30_000 })

export const servicesCommand = (manager: Engine): Command =>
  docker(manager, ['docker', 'service', 'ls', '--format', '{{json .}}'], { timeoutMs: 30_000 })

/** The services that have tasks running on a node. */
export async function servicesOn(manager: Engine, nodeId: string, context: RunContext): Promise<string[]> {
  const tasks = readTasks((await context.read(manager.hostId, nodeTasksCommand(manager, nodeId))).toString('utf8'))
  return [...new Set(tasks.filter((task) => stateOf(task) === 'Running').map(({ Name }) => serviceOf(Name)))]
}

const serviceOf = (task: string): string => task.replace(/\.[^.]+$/, '')

/** Waits until nothing runs on the node and the services that were there run in full elsewhere. */
export async function emptied(
  manager: Engine,
  node: { id: string; name: string; services: readonly string[] },
  timeoutMs: number,
  context: RunContext,
): Promise<void> {
  const until = context.environment.elapsed() + timeoutMs
  let shown = ''
  for (;;) {
    const tasks = readTasks((await context.read(manager.hostId, nodeTasksCommand(manager, node.id))).toString('utf8'))
    const left = tasks.filter((task) => stateOf(task) === 'Running')
    const services = readServices((await context.read(manager.hostId, servicesCommand(manager))).toString('utf8'))
    const short = services.filter(
      ({ Name, Replicas, Mode }) => node.services.includes(Name) && Mode === 'replicated' && !isFull(Replicas),
    )
    const text = [
      `${left.length} tasks on ${node.name}`,
      ...services.filter(({ Name }) => node.services.includes(Name)).map(({ Name, Replicas }) => `${Name} ${Replicas}`),
    ].join(' · ')
    if (text !== shown) {
      shown = text
      context.progress(null, text)
      context.line(manager.hostId, 'note', text)
    }
    if (left.length === 0 && short.length === 0) return
    if (context.environment.elapsed() >= until) {
      const waiting = left[0]
      throw new HeadroomError({
        code: 'NODE_NOT_DRAINED',
        fact: `After the time allowed ${left.length} tasks still run on ${node.name}${short.length > 0 ? `, and ${short.map(({ Name, Replicas }) => `${Name} runs ${Replicas}`).join(', ')}` : ''}${waiting ? `. ${toldTask(waiting)}` : ''}.`,
        fix: 'See why the tasks find no other node (docker service ps), then resume the run; or make the node active again.',
        field: 'node',
        value: node.name,
      })
    }
    await pause(BETWEEN_LOOKS_MS, undefined, { signal: context.signal })
  }
}

interface Service {
  Name: string
  Mode: string
  Replicas: string
}

const readServices = (printed: string): Service[] =>
  printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Service)

/** "2/3", or "1/1 (max 1 per node)". */
function isFull(replicas: string): boolean {
  const [, running, wanted] = /^(\d+)\/(\d+)/.exec(replicas) ?? []
  return Number(running) >= Number(wanted)
}
