import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestEnvironment, testEnvironment } from '../../../test/fixtures/environment.ts'
import { configuredNames, suggestHosts } from './suggestions.ts'

const hasSsh = spawnSync('ssh', ['-V']).error === undefined
let environment: TestEnvironment
const config = (name: string, text: string) => writeFileSync(join(environment.home, '.ssh', name), text)

beforeEach(() => {
  environment = testEnvironment()
  mkdirSync(join(environment.home, '.ssh', 'conf.d'), { recursive: true })
})
afterEach(() => environment.dispose())

describe('suggestions from the ssh configuration', () => {
  it('are the names without patterns, of the file and what it includes, each once', () => {
    config(
      'config',
      'Include conf.d/*.conf\nHost web db # both\nHost *\n  User deploy\nhost="quoted" !no web\nHost tmp-?\n',
    )
    config('conf.d/a.conf', 'Host inside\n')
    config('conf.d/b.txt', 'Host outside\n')
    const names = configuredNames(join(environment.home, '.ssh', 'config'), environment.home)
    expect(names).toEqual(['inside', 'web', 'db', 'quoted'])
  })

  it('end where files include each other', () => {
    config('config', 'Include config\nHost a\n')
    expect(configuredNames(join(environment.home, '.ssh', 'config'), environment.home)).toEqual(['a'])
  })

  it('are none where there is no configuration', async () => {
    expect(await suggestHosts(environment)).toEqual([])
  })

  it.runIf(hasSsh)('say what ssh makes of each name', async () => {
    const key = join(environment.home, '.ssh', 'deploy')
    writeFileSync(key, '')
    config('config', `Host web\n  HostName %h.example.org\n  Port 2222\n  IdentityFile ${key}\nHost *\n  User deploy\n`)
    expect(await suggestHosts(environment)).toEqual([
      { name: 'web', address: 'web.example.org', port: 2222, user: 'deploy', keyPath: key },
    ])
  })

  it('fall back to the name itself where there is no ssh', async () => {
    config('config', 'Host web\n  Port 2222\n')
    const bare = { ...environment, env: { PATH: environment.folder, USER: 'ann' } }
    expect(await suggestHosts(bare)).toEqual([{ name: 'web', address: 'web', port: 22, user: 'ann', keyPath: null }])
  })
})
