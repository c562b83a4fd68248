import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Check } from '../../shared/model/doctor.ts'
import { commandLine } from '../../test/fixtures/command-line.ts'
import { listenLocally } from '../link/index.ts'
import { connect } from './connect.ts'

const line = commandLine()

test('doctor goes on where the workspace cannot be opened, and its exit code says so', async () => {
  expect(await line.headroom(['doctor'])).toMatchObject({ code: 0, out: expect.stringMatching(/^ok {4}node/) })
  writeFileSync(join(line.workspace, 'app.db'), 'no database '.repeat(1000))
  const { code, out } = await line.headroom(['doctor', '--json'])
  const checks = JSON.parse(out) as Check[]
  expect(code).toBe(1)
  expect(checks.find(({ id }) => id === 'workspace')).toMatchObject({
    state: 'fail',
    fact: expect.stringContaining('damaged'),
  })
  expect(checks.find(({ id }) => id === 'integrity')).toMatchObject({
    state: 'fail',
    fix: expect.stringContaining('headroom restore'),
  })
})

test('the report for a bug is printed, or written once', async () => {
  const file = join(line.folder, 'report.txt')
  await line.headroom(['hosts', 'add', 'shop-db-7', '--local'])
  expect((await line.headroom(['report', 'bug'])).out).toContain('== Self-check')
  expect(await line.headroom(['report', 'bug', '-o', file])).toMatchObject({ code: 0 })
  expect(readFileSync(file, 'utf8')).not.toContain('shop-db-7')
  expect(existsSync(file)).toBe(true)
  expect(await line.headroom(['report', 'bug', '-o', file])).toMatchObject({ code: 1 })
})

test('a program that has the workspace open and stands still is named, and not waited for without end', async () => {
  const folder = join(line.folder, 'silent')
  mkdirSync(folder)
  writeFileSync(join(folder, 'workspace.lock'), JSON.stringify({ pid: 4711, since: 1, face: 'web' }))
  // It takes the connection and says nothing, as a process that was stopped.
  const silent = await listenLocally(folder, () => {})
  await expect(connect(folder, '', 50)).rejects.toMatchObject({
    problem: {
      code: 'CORE_SILENT',
      fact: expect.stringContaining('headroom serve (process 4711)'),
      fix: expect.stringContaining('kill 4711'),
    },
  })
  await silent.close()
})
