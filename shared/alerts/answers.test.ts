import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Plan } from '../model/plan.ts'
import { parsePlaybook } from '../playbook/parse.ts'
import { answersTo, playbookHref } from './answers.ts'

const shipped = readdirSync('resources/playbooks')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => parsePlaybook(readFileSync(`resources/playbooks/${file}`, 'utf8'), file))
const names = new Map(shipped.map(({ id, name }) => [id, name]))
const guide = parse(readFileSync('resources/blueprints/tenant-guide.yaml', 'utf8')) as Plan
const alert = (metric: string, labels: Record<string, string> = {}, playbook: string | null = null) => ({
  ...{ metric, labels, playbook, hostId: 'h-1' },
})
const playbooksOf = (answers: ReturnType<typeof answersTo>) =>
  answers.flatMap((one) => (one.kind === 'playbook' ? [one] : []))

it('every step of the emergency runbook has its playbook, and an alert of it leads to all of them', () => {
  const answers = answersTo(alert('cpu_used_ratio'), guide, names)
  expect(answers[0]).toMatchObject({ kind: 'runbook', id: 'slow-now' })
  expect(playbooksOf(answers).map(({ id }) => id)).toEqual([
    ...['restart-container', 'docker-prune', 'postgres-end-queries', 'fewer-workers'],
  ])
})

it.each([
  ['disk_used_ratio', { mount: '/' }, 'docker-prune', { host: 'h-1' }],
  ['docker_container_memory_used_ratio', { name: 'web' }, 'restart-container', { host: 'h-1', container: 'web' }],
  ['docker_service_replicas_running', { service: 'web' }, 'swarm-scale', { host: 'h-1', service: 'web' }],
  ['systemd_unit_failed', { unit: 'nginx.service' }, 'restart-unit', { host: 'h-1', unit: 'nginx.service' }],
  ['memory_used_ratio', {}, 'fewer-workers', { host: 'h-1' }],
])('without a plan, %s leads to a playbook with what the alert says filled in', (metric, labels, id, values) => {
  const [first] = playbooksOf(answersTo(alert(metric, labels), null, names))
  expect(first).toMatchObject({ id, values })
  const parameters = shipped.find((one) => one.id === id)?.parameters.map(({ name }) => name) ?? []
  for (const name of Object.keys(values)) expect(parameters).toContain(name)
  expect(playbookHref(first as never)).toBe(`#/playbooks/${id}?${new URLSearchParams(values)}`)
})

it('the playbook of queries is told how the server is asked, and never a password', () => {
  const server = {
    postgres: { via: 'docker' as const, container: 'db', user: 'shop', port: 5433, socketOrHost: 'db.lan' },
  }
  const answers = playbooksOf(answersTo(alert('postgres_longest_query_seconds'), null, names, server))
  expect(answers).toEqual([
    {
      ...{ kind: 'playbook', id: 'postgres-end-queries', name: 'End long PostgreSQL queries' },
      values: { host: 'h-1', container: 'db', user: 'shop', port: '5433', server: 'db.lan' },
    },
  ])
})

it("the rule's own playbook comes first, and one that is not there is not offered", () => {
  expect(
    playbooksOf(answersTo(alert('disk_used_ratio', {}, 'fewer-workers'), null, names)).map(({ id }) => id),
  ).toEqual([...['fewer-workers', 'docker-prune']])
  expect(answersTo(alert('disk_used_ratio', {}, 'gone'), null, new Map())).toEqual([])
})
