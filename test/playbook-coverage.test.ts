import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadBlueprints } from '../main/core/plan/blueprints.ts'
import { loadPlaybooks } from '../main/core/playbooks/loader.ts'
import { type CoveredCommand, commandsOf } from './documents/commands.ts'

const resources = join(import.meta.dirname, '../resources')
/** The documents themselves stand beside the repository where the maintainers work, and nowhere else. */
const originals = join(import.meta.dirname, '../../shared/seeds')
const commands = readFileSync(join(import.meta.dirname, 'fixtures/document-commands.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as CoveredCommand)
const loaded = loadPlaybooks({ shipped: join(resources, 'playbooks'), workspace: join(resources, 'none') })

/** The texts of all steps, by `playbook/step`, and the probe's. */
const places = new Map<string, string>([
  ...loaded.flatMap(({ id, playbook }) =>
    (playbook?.steps ?? []).map((step) => [`${id}/${step.id}`, JSON.stringify(step)] as const),
  ),
  ['probe', readFileSync(join(resources, 'probes/probe.sh'), 'utf8')] as const,
])

function lacking(command: CoveredCommand, there: ReadonlyMap<string, string>): string[] {
  if (command.in.length === 0) return [`${command.document}: ${command.label}: no place`]
  return command.in
    .filter((place) => {
      const [name = '', words = ''] = place.split(/: (.*)/s)
      return words === '' || !there.get(name)?.includes(words)
    })
    .map((place) => `${command.document}: ${command.label}: nothing at ${place}`)
}

describe('the commands of the source documents are in the playbooks', () => {
  it('loads every playbook', () => {
    expect(loaded.filter(({ problem }) => problem !== null)).toEqual([])
  })

  it('has a counterpart of each', () => {
    expect(commands.flatMap((command) => lacking(command, places))).toEqual([])
    expect(commands.length).toBeGreaterThan(45)
  })

  it('notices each place that is taken away, and each whose words are', () => {
    const unnoticed = commands.flatMap((command) =>
      command.in.filter((place) => {
        const [name = '', words = ''] = place.split(/: (.*)/s)
        const absent = new Map(places)
        absent.delete(name)
        const other = new Map(places).set(name, (places.get(name) ?? '').replaceAll(words, ''))
        return lacking(command, absent).length === 0 || lacking(command, other).length === 0
      }),
    )
    expect(unnoticed).toEqual([])
  })
})

describe('the shipped playbooks say what an operator has to know', () => {
  const shown = loaded.flatMap(({ id, playbook }) => (playbook ? [{ id, playbook }] : []))

  it('have a downtime, and a verification or a way to see each result', () => {
    // Playbooks that are written with kinds that know their own downtime leave it to the review.
    const changing = shown.filter(({ playbook }) => playbook.steps.some((step) => step.kind === 'run' && !step.check))
    expect(changing.length).toBeGreaterThan(10)
    for (const { id, playbook } of shown) {
      expect(playbook.summary.length, id).toBeGreaterThan(40)
      for (const { label, type, name } of playbook.parameters) {
        expect(label, `${id}.${name}`).toMatch(/^[A-Z0-9]/)
        if (/password|token|secret|_url$/.test(name)) expect(type, `${id}.${name}`).toBe('secret')
      }
    }
  })

  it('are named by the plans that lead there, and by names that exist', () => {
    const known = new Set(loaded.map(({ id }) => id))
    const named = loadBlueprints(resources).flatMap((plan) =>
      [...JSON.stringify(plan).matchAll(/"playbooks?":("[a-z0-9-]+"|\[[^\]]*\])/g)].flatMap(([, value = '']) =>
        [...value.matchAll(/"([a-z0-9-]+)"/g)].map(([, id = '']) => id),
      ),
    )
    expect([...new Set(named)].filter((id) => !known.has(id))).toEqual([])
    for (const id of ['vps-to-multi-vps', 'vps-with-swarm', 'redis-cache', 'database-vps', 'database-managed'])
      expect(named, id).toContain(id)
    for (const id of ['object-storage', 'pgbouncer', 'vertical-resize', 'postgres-optimise', 'observability'])
      expect(named, id).toContain(id)
    for (const id of ['high-availability', 'server-retire', 'server-create', 'nginx-gzip'])
      expect(named, id).toContain(id)
  })
})

describe.runIf(existsSync(originals))('the digest is whole', () => {
  it('has every command of the documents, in their order', () => {
    const found = readdirSync(originals)
      .filter((file) => file.endsWith('.md') && file !== 'README.md')
      .sort()
      .flatMap((file) => commandsOf(basename(file, '.md'), readFileSync(join(originals, file), 'utf8')))
    expect(commands.map(({ document, label, hash }) => ({ document, label, hash }))).toEqual(found)
  })
})
