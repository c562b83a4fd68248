import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../../../test/fixtures/environment.ts'
import { type Lab, type Machine, startLab, startMachine } from '../../../../../test/lab/index.ts'
import { type Core, openCore } from '../../../index.ts'

let lab: Lab
let machine: Machine
let environment: TestEnvironment
let workspace: string
let core: Core

beforeAll(async () => {
  lab = await startLab({ servers: 0 })
  machine = await startMachine(lab, 'alpha')
  environment = testEnvironment({ real: true })
  workspace = join(environment.folder, 'workspace')
  const { address, port, hostKey } = machine.server
  mkdirSync(join(environment.home, '.ssh'), { recursive: true })
  appendFileSync(join(environment.home, '.ssh', 'known_hosts'), `[${address}]:${port} ${hostKey.publicLine}\n`)
  core = await openCore({ folder: workspace, environment })
  await core.areas.hosts.add({
    ...{ kind: 'ssh', name: 'alpha', address, port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  mkdirSync(join(workspace, 'playbooks'), { recursive: true })
  writeFileSync(
    join(workspace, 'playbooks', 'one.yaml'),
    `format: headroom/playbook@1
id: one
name: One
summary: A test
steps:
  - { id: one, name: One, kind: k3s-server, host: alpha, version: v1.32.3+k3s1, installer: ${machine.installer}, timeout: 30s }
`,
  )
}, 60_000)
afterAll(async () => {
  await core?.close()
  environment?.dispose()
  await lab?.stop()
}, 60_000)

it('kill -9 of the program while the installer runs: it goes on, is told as such, and the resumed run installs nothing twice', async () => {
  machine.sh('echo 2 >/usr/local/bin/.download-seconds')
  await core.close()
  const child = spawn(process.execPath, [resolve('main/cli/index.ts'), 'run', 'one', '--yes'], {
    env: { ...process.env, HOME: environment.home, HEADROOM_WORKSPACE: workspace },
    stdio: 'ignore',
  })
  await expect.poll(() => machine.sh('pgrep -f "[i]nstall.sh" || :'), { timeout: 30_000 }).not.toBe('')
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  core = await openCore({ folder: workspace, environment })
  const { playbooks } = core.areas
  const [run] = playbooks.runs()
  expect(run).toMatchObject({
    state: 'interrupted',
    problem: { fact: expect.stringContaining('may still be running on alpha') },
  })
  await playbooks.resume(run?.id ?? '', {})
  for await (const now of playbooks.follow(run?.id ?? '')) if (now.endedAt !== null) break
  expect(playbooks.run(run?.id ?? '')).toMatchObject({ state: 'succeeded', problem: null })
  expect(machine.sh('wc -l </usr/local/bin/.installs')).toBe('1')
  const left = () => machine.sh(`ls /tmp | grep 'headroom-${run?.id}' || :`)
  await expect.poll(left, { timeout: 20_000 }).toBe('')
}, 90_000)
