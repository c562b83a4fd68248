import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'

let one: OpenPlaybooks
beforeEach(async () => {
  one = openPlaybooks()
  await one.hosts.add({ kind: 'local', name: 'here' })
  const folder = join(one.workspace.folder, 'playbooks')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'look.yaml'),
    'format: headroom/playbook@1\nid: look\nname: Look\nsummary: Looks\nsteps:\n  - { id: a, name: A, kind: run, host: here, command: [uname], timeout: 10s }\n',
  )
})
afterEach(() => one.close())

/** Somebody with the file and a tool of SQLite can take away what keeps the journal as it is. */
const tamper = () => one.workspace.app.exec('DROP TRIGGER playbook_journal_keeps; DROP TRIGGER playbook_journal_stays')

async function run(rehearsal = false) {
  const { hash } = await one.playbooks.preview('look', {}, { rehearsal })
  return await one.ended((await one.playbooks.start('look', {}, hash, { rehearsal })).id)
}

it('verifies every journal at the start, and names the run and the entry that were changed', async () => {
  const runs = [await run(), await run(), await run()]
  expect(await one.playbooks.audit(true)).toMatchObject({ runs: 3, broken: [] })
  tamper()
  one.workspace.app
    .prepare("UPDATE playbook_journal SET text = 'nothing' WHERE run_id = ? AND seq = 2")
    .run(runs[1]?.id)
  await one.reopen()
  const { broken } = await one.playbooks.audit()
  expect(broken).toMatchObject([{ runId: runs[1]?.id, name: 'Look', entry: 2 }])
})

it('misses a run that was taken out before another', async () => {
  const [first, second, third] = [await run(), await run(), await run()]
  tamper()
  const forget = (id: string) => {
    for (const table of ['journal', 'step', 'output', 'proof', 'lock'])
      one.workspace.app.prepare(`DELETE FROM playbook_${table} WHERE run_id = ?`).run(id)
    one.workspace.app.prepare('DELETE FROM playbook_run WHERE id = ?').run(id)
  }
  forget(second.id)
  const { broken } = await one.playbooks.audit(true)
  expect(broken).toMatchObject([{ runId: third.id, entry: 1 }])
  expect(broken[0]?.fact).toContain(second.id)
  forget(third.id)
  expect((await one.playbooks.audit(true)).broken).toEqual([])
  expect(first.state).toBe('succeeded')
})

it('exports all journals as one document, and marks rehearsals', async () => {
  const [real, rehearsed] = [await run(), await run(true)]
  expect(real.rehearsal).toBe(false)
  expect(rehearsed.rehearsal).toBe(true)
  const json = JSON.parse(one.playbooks.exportAudit('json', 0).text) as { runs: { run: { id: string } }[] }
  expect(json.runs.map(({ run: { id } }) => id)).toEqual([real.id, rehearsed.id])
  expect(one.playbooks.exportAudit('markdown', 0).text).toContain('Look starts, as a rehearsal.')
  expect(one.playbooks.exportAudit('markdown', Date.now() + 1e6).text).toBe('Nothing was run.\n')
})

it('a preview says what is different from the one before with the same parameters', async () => {
  expect((await one.playbooks.preview('look', {})).changes).toBe(null)
  expect((await one.playbooks.preview('look', {})).changes).toEqual([])
  const path = join(one.workspace.folder, 'playbooks', 'look.yaml')
  writeFileSync(
    path,
    'format: headroom/playbook@1\nid: look\nname: Look\nsummary: Looks\nsteps:\n  - { id: a, name: A, kind: run, host: here, command: [uptime], timeout: 10s }\n',
  )
  expect((await one.playbooks.preview('look', {})).changes).toEqual(['The playbook itself was changed.'])
})
