import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { commandLine } from '../../test/fixtures/command-line.ts'

const line = commandLine()
const folder = join(line.folder, 'files')
let memory = 8

const plan = () => ({
  format: 'headroom/plan@1',
  ...{ id: 'shop', name: 'Shop', summary: 'A shop', currency: 'EUR', stage: 'one' },
  drivers: [{ id: 'users', name: 'Users', unit: 'users', primary: true, present: 100 }],
  growth: { monthlyRate: 0.05, deviation: 0 },
  stages: [
    {
      ...{ id: 'one', name: 'One', objective: 'serve', orchestration: 'compose' },
      nodes: [
        {
          ...{ id: 'vps', name: 'VPS', kind: 'server', vcpu: 2, ramGb: memory },
          services: [
            { name: 'api', image: 'example.com/api:1', port: 8080 },
            { name: 'postgres', image: 'postgres:16' },
          ],
        },
      ],
    },
    { id: 'two', name: 'Two', objective: 'more', orchestration: 'swarm' },
  ],
})
const headroom = (...words: string[]) =>
  line.headroom(words, {
    async prepare(core) {
      await core.plan.importYaml({ yaml: stringify(plan()), fileName: 'plan.yaml' })
    },
  })

beforeEach(() => {
  memory = 8
  rmSync(folder, { recursive: true, force: true })
})

it('lists the files of the stage, and prints one', async () => {
  const listed = await headroom('artifacts')
  expect(listed).toMatchObject({ code: 0 })
  expect(listed.out).toContain('vps/compose.yaml')
  expect(listed.out).not.toContain('stack.yaml')
  expect((await headroom('artifacts', '--all')).out).toContain('stack.yaml')
  const printed = await headroom('artifacts', '--print', 'compose')
  expect(printed.out).toContain('image: example.com/api:1 # stages[one].nodes[vps].services[api].image')
  expect(await headroom('artifacts', '--print', 'hpa')).toMatchObject({ code: 2 })
  expect(await headroom('artifacts', 'three')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no stage "three"'),
  })
})

it('writes a folder, and --check says whether it is still as the plan says', async () => {
  expect((await headroom('artifacts', '--to', folder)).code).toBe(0)
  expect(readFileSync(join(folder, 'vps/compose.yaml'), 'utf8')).toContain('services:')
  expect(await headroom('artifacts', '--to', folder, '--check')).toMatchObject({ code: 0 })
  // The folder is remembered.
  expect(await headroom('artifacts', '--check')).toMatchObject({ code: 0 })
  memory = 16
  const changed = await headroom('artifacts', '--to', folder, '--check')
  expect(changed.code).toBe(1)
  expect(changed.out).toMatch(/^-shared_buffers = 2048MB/m)
  expect(changed.out).toMatch(/^\+shared_buffers = 4096MB/m)
  expect(readFileSync(join(folder, 'vps/postgresql.headroom.conf'), 'utf8')).toContain('2048MB')
  // What was written from here and not touched since is written over without asking.
  expect((await headroom('artifacts', '--to', folder)).code).toBe(0)
  expect(readFileSync(join(folder, 'vps/postgresql.headroom.conf'), 'utf8')).toContain('4096MB')
})

it('does not write over what somebody else changed, nor anything beside it, unless told', async () => {
  await headroom('artifacts', '--to', folder)
  const mine = join(folder, 'vps/compose.yaml')
  writeFileSync(mine, 'services: {}\n')
  memory = 16
  const refused = await headroom('artifacts', '--to', folder)
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('vps/compose.yaml') })
  expect(readFileSync(mine, 'utf8')).toBe('services: {}\n')
  expect(readFileSync(join(folder, 'vps/postgresql.headroom.conf'), 'utf8')).toContain('2048MB')
  expect((await headroom('artifacts', '--to', folder, '--only', 'postgresql')).code).toBe(0)
  expect(readFileSync(join(folder, 'vps/postgresql.headroom.conf'), 'utf8')).toContain('4096MB')
  expect((await headroom('artifacts', '--to', folder, '--force')).code).toBe(0)
  expect(readFileSync(mine, 'utf8')).toContain('api')
})

it('takes files it never wrote for somebody else’s, also where its record is broken', async () => {
  mkdirSync(join(folder, 'vps'), { recursive: true })
  writeFileSync(join(folder, 'vps/compose.yaml'), 'mine\n')
  expect(await headroom('artifacts', '--to', folder)).toMatchObject({ code: 1 })
  rmSync(join(folder, 'vps/compose.yaml'))
  await headroom('artifacts', '--to', folder)
  writeFileSync(join(folder, '.headroom-artifacts.json'), '{"files":')
  memory = 4
  expect(await headroom('artifacts', '--to', folder)).toMatchObject({ code: 1 })
})

it('follows no link below the folder, and writes over no folder', async () => {
  const elsewhere = join(line.folder, 'elsewhere')
  mkdirSync(elsewhere, { recursive: true })
  mkdirSync(folder, { recursive: true })
  symlinkSync(elsewhere, join(folder, 'vps'))
  expect(await headroom('artifacts', '--to', folder)).toMatchObject({
    code: 1,
    err: expect.stringContaining('is a link'),
  })
  expect(existsSync(join(elsewhere, 'compose.yaml'))).toBe(false)
  rmSync(folder, { recursive: true })
  mkdirSync(join(folder, 'vps/compose.yaml'), { recursive: true })
  expect(await headroom('artifacts', '--to', folder)).toMatchObject({
    code: 1,
    err: expect.stringContaining('is not a file'),
  })
})

it('says what is no longer made of the stage, and leaves it', async () => {
  await headroom('artifacts', '--to', folder)
  writeFileSync(join(folder, 'vps/old.conf'), 'old\n')
  const record = join(folder, '.headroom-artifacts.json')
  const kept = JSON.parse(readFileSync(record, 'utf8'))
  kept.files['vps/old.conf'] = { stage: 'one', sha256: 'x' }
  kept.files['../outside'] = { stage: 'one', sha256: 'x' }
  writeFileSync(record, JSON.stringify(kept))
  const checked = await headroom('artifacts', '--to', folder, '--check')
  expect(checked.code).toBe(1)
  expect(checked.out).toContain('vps/old.conf: is no longer made of the stage')
  expect(checked.out).not.toContain('outside')
  expect(existsSync(join(folder, 'vps/old.conf'))).toBe(true)
})

it('refuses a stage that was written nowhere, and a folder that cannot be written', async () => {
  expect(await headroom('artifacts', 'two', '--check')).toMatchObject({
    code: 1,
    err: expect.stringContaining('not written from here yet'),
  })
  writeFileSync(join(line.folder, 'a-file'), '')
  expect(await headroom('artifacts', '--to', join(line.folder, 'a-file'))).toMatchObject({ code: 1 })
})

it('looks at a Compose file and an inventory', async () => {
  const compose = join(line.folder, 'compose.yml')
  writeFileSync(compose, 'services:\n  web:\n    image: nginx:1.27\n    environment: {TOKEN: canary-value}\n')
  const looked = await headroom('import', 'look', 'compose', compose)
  expect(looked.out).toContain('nginx:1.27')
  expect(looked.out).toContain('stay out of the plan')
  expect(looked.out).not.toContain('canary-value')
  writeFileSync(compose, 'services:\n  web:\n    image: [1\n')
  expect(await headroom('import', 'look', 'compose', compose)).toMatchObject({
    code: 1,
    err: expect.stringContaining('compose.yml:'),
  })
  const inventory = join(line.folder, 'hosts.ini')
  writeFileSync(inventory, '[web]\nweb[1:2] ansible_host=192.0.2.9 ansible_user=deploy\n')
  expect((await headroom('import', 'look', 'inventory', inventory)).out).toContain('192.0.2.9:22')
  expect(await headroom('import', 'look', 'inventory', join(line.folder, 'none'))).toMatchObject({ code: 1 })
})
