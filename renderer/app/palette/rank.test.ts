import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Findable, rank } from './rank.ts'

const entries: Findable[] = [
  { label: 'Now', code: 'gn' },
  { label: 'Move a PostgreSQL database', more: 'playbook pg_dump' },
  { label: 'Export the plan as YAML', code: 'xp' },
  { label: 'web-1', more: 'server 203.0.113.7' },
  { label: 'web-12', more: 'server 203.0.113.8' },
  { label: 'Serveur café', more: 'server' },
  { label: 'Expand the disk', more: 'playbook' },
]
const labels = (question: string) => rank(entries, question, 10).map(({ entry }) => entry.label)

describe('what the palette finds', () => {
  it('puts the letters of a command before what merely begins alike', () => {
    expect(labels('xp')[0]).toBe('Export the plan as YAML')
    expect(labels('exp')).toEqual(['Expand the disk', 'Export the plan as YAML'])
  })
  it('knows first letters of words, parts of words, and what stands beside', () => {
    expect(labels('mpd')).toEqual(['Move a PostgreSQL database'])
    expect(labels('gresql')).toEqual(['Move a PostgreSQL database'])
    expect(labels('113.8')).toEqual(['web-12'])
    expect(labels('pg_dump')).toEqual(['Move a PostgreSQL database'])
  })
  it('asks for every word, in any order', () => {
    expect(labels('disk exp')).toEqual(['Expand the disk'])
    expect(labels('web nothing')).toEqual([])
  })
  it('puts the whole name before a longer one', () => {
    expect(labels('web-1')).toEqual(['web-1', 'web-12'])
  })
  it('takes letters with and without their marks', () => {
    expect(labels('cafe')).toEqual(['Serveur café'])
  })
  it('forgives a letter left out, and finds nothing in mere noise', () => {
    expect(labels('pstgresql')).toEqual(['Move a PostgreSQL database'])
    expect(labels('qzx')).toEqual([])
  })
  it('keeps the order given where nothing is asked, and gives no more than asked for', () => {
    expect(labels('  ')).toEqual(entries.map(({ label }) => label))
    expect(rank(entries, '', 2)).toHaveLength(2)
  })
  it('finds every entry by its own label, first but for one of the same name, and marks lie in it', () => {
    const label = fc.string({ minLength: 1, maxLength: 30, unit: 'binary' }).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 20 }), (names) => {
        const all = names.map((name) => ({ label: name }))
        for (const { label: name } of all) {
          const found = rank(all, name, 100)
          expect(found.map(({ entry }) => entry.label)).toContain(name)
          for (const { entry, marks } of found) for (const mark of marks) expect(mark).toBeLessThan(entry.label.length)
        }
      }),
    )
  })
})
