import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'
import { findRoute } from './ssh-route.ts'

let lab: Lab
let web: Sshd
let bastion: Sshd
let certified: Sshd
let authority: string
const opened: OpenHosts[] = []

beforeAll(async () => {
  lab = await startLab({ servers: 2 })
  web = lab.servers[0] as Sshd
  bastion = lab.servers[1] as Sshd
  authority = join(lab.folder, 'authority')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', authority])
  certified = await lab.startServer({ authorized: [], config: [`TrustedUserCAKeys ${authority}.pub`] })
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
afterAll(() => lab.stop())

/** An operator whose ~/.ssh/config is this text, and who knows these servers' keys. */
function operator(config: string, known: Sshd[] = [web, bastion, certified], env: Record<string, string> = {}) {
  const one = openHosts({ real: true, env })
  opened.push(one)
  const folder = join(one.environment.home, '.ssh')
  const knownHosts = `Host *\n  UserKnownHostsFile ${one.knownHosts}\n  GlobalKnownHostsFile /dev/null\n`
  writeFileSync(join(folder, 'config'), `${config}\n${knownHosts}`)
  writeFileSync(
    one.knownHosts,
    known.map((sshd) => `[${sshd.address}]:${sshd.port} ${sshd.hostKey.publicLine}\n`).join(''),
  )
  return one
}
const block = (alias: string, server: Sshd, more: string[] = []) =>
  [
    `Host ${alias}`,
    `  HostName ${server.address}`,
    `  Port ${server.port}`,
    `  User ${lab.user}`,
    ...(more.some((line) => line.startsWith('IdentityFile')) ? [] : [`  IdentityFile ${lab.keys.plain.path}`]),
    ...more.map((line) => `  ${line}`),
  ].join('\n')
const add = ({ hosts }: OpenHosts, alias: string, secret?: string) =>
  hosts.add({ kind: 'ssh-config', name: `the ${alias}`, alias, ...(secret === undefined ? {} : { secret }) })
const says = async ({ hosts }: OpenHosts, id: string, text: string) =>
  (await hosts.run(id, { argv: ['printf', text] })).stdout

describe('a name of the SSH configuration', () => {
  it('is reached as ssh reaches it, with Include, Match and tokens read by ssh itself', async () => {
    const one = operator('Include more\nMatch host shop\n  User nobody-else\n')
    copyFileSync(lab.keys.plain.path, join(one.environment.home, '.ssh', `key_${web.address}`))
    execFileSync('chmod', ['600', join(one.environment.home, '.ssh', `key_${web.address}`)])
    const more = join(one.environment.home, '.ssh', 'more')
    writeFileSync(more, block('shop', web, ['IdentityFile ~/.ssh/key_%h']))
    writeFileSync(
      join(one.environment.home, '.ssh', 'config'),
      `Include ${more}\nHost *\n  UserKnownHostsFile ${one.knownHosts}\n`,
    )
    const host = await add(one, 'shop')
    expect(host).toMatchObject({ address: 'shop', authKind: 'config', state: 'up', port: null })
    expect(host.route).toEqual({ user: lab.user, address: web.address, port: web.port, through: [], by: [] })
    expect(await says(one, host.id, "it's")).toBe("it's")
  })

  it('stays after a restart of the inventory, and follows a configuration that changed', async () => {
    const one = operator(block('shop', web))
    const host = await add(one, 'shop')
    const folder = join(one.environment.home, '.ssh')
    writeFileSync(join(folder, 'config'), `${block('shop', bastion)}\nHost *\n  UserKnownHostsFile ${one.knownHosts}\n`)
    const tested = await one.hosts.test(host.id)
    expect(tested).toMatchObject({ state: 'up', problem: null })
    expect(one.hosts.get(host.id).route).toMatchObject({ address: bastion.address, port: bastion.port })
  })

  it('says which line of the configuration is broken', async () => {
    const one = operator('Host shop\n  HostNmae 10.0.0.1')
    const { problem } = await failure(add(one, 'shop'))
    expect(problem).toMatchObject({ code: 'SSH_CONFIG_INVALID', value: 'shop' })
    expect(problem.fact).toMatch(/config: line 2: Bad configuration option: hostnmae/)
    expect(one.hosts.list()).toEqual([])
  })

  it('refuses what cannot be a name', async () => {
    const one = operator(block('shop', web))
    for (const alias of ['-oProxyCommand=touch /tmp/x', 'two words'])
      expect((await failure(add(one, alias))).problem).toMatchObject({ code: 'SSH_NAME_INVALID', field: 'alias' })
  })

  it('checks the key under the name of HostKeyAlias', async () => {
    const one = operator(block('shop', web, ['HostKeyAlias the-shop']), [])
    const { problem } = await failure(add(one, 'shop'))
    expect(problem).toMatchObject({ code: 'HOST_KEY_UNKNOWN', value: 'the-shop' })
    expect(problem.details?.fingerprint).toBe(web.hostKey.fingerprint)
    writeFileSync(one.knownHosts, `the-shop ${web.hostKey.publicLine}\n`)
    expect((await add(one, 'shop')).state).toBe('up')
    writeFileSync(one.knownHosts, `the-shop ${bastion.hostKey.publicLine}\n`)
    const [host] = one.hosts.list()
    expect((await one.hosts.test(host?.id ?? '')).problem?.code).toBe('HOST_KEY_CHANGED')
  })
})

describe('identities of the configuration', () => {
  it('asks for the passphrase of an encrypted key, and opens it', async () => {
    const { path, passphrase } = lab.keys.encrypted
    const one = operator(block('shop', web, [`IdentityFile ${path}`]))
    expect((await failure(add(one, 'shop'))).problem.code).toBe('KEY_NEEDS_PASSPHRASE')
    expect((await failure(add(one, 'shop', 'wrong'))).problem.code).toBe('KEY_WRONG_PASSPHRASE')
    const host = await add(one, 'shop', passphrase)
    expect(await says(one, host.id, 'in')).toBe('in')
  })

  it('offers the agent only the named keys with IdentitiesOnly', async () => {
    const env = { SSH_AUTH_SOCK: lab.agent.socket }
    const all = operator(block('shop', web, [`IdentityFile ${lab.keys.stranger.path}`]), undefined, env)
    expect((await add(all, 'shop')).state).toBe('up')
    const only = operator(
      block('shop', web, [`IdentityFile ${lab.keys.stranger.path}`, 'IdentitiesOnly yes']),
      undefined,
      env,
    )
    expect((await failure(add(only, 'shop'))).problem.code).toBe('AUTH_REFUSED')
    mkdirSync(join(only.environment.home, 'keys'))
    const named = join(only.environment.home, 'keys', 'named')
    copyFileSync(join(lab.folder, 'agent.pub'), `${named}.pub`)
    const by = operator(block('shop', web, [`IdentityFile ${named}`, 'IdentitiesOnly yes']), undefined, env)
    expect((await add(by, 'shop')).state).toBe('up')
  })

  it('says when the configuration leads to no key at all', async () => {
    const one = operator(block('shop', web, ['IdentityFile ~/.ssh/not-there', 'IdentityAgent none']), undefined, {
      SSH_AUTH_SOCK: lab.agent.socket,
    })
    expect((await failure(add(one, 'shop'))).problem).toMatchObject({ code: 'NO_IDENTITY', value: 'shop' })
  })
})

describe('what a configuration asks for decides who connects', () => {
  const FIDO = 'sk-ssh-ed25519@openssh.com'
  const name = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)])
  // The head of a private key of a security key (PROTOCOL.key): a cipher, a key function, one public key in clear.
  const fidoKey = () => {
    const parts = [name('aes256-ctr'), name('bcrypt'), name(''), Buffer.from([0, 0, 0, 1]), name(FIDO)]
    const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), ...parts]).toString('base64')
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`
  }

  it.each([
    ['nothing special', [], []],
    ['a security key under any name', ['IdentityFile ~/.ssh/hardware'], ['a FIDO key']],
    ['only the public half of one', ['IdentityFile ~/.ssh/hardware.pub'], ['a FIDO key']],
    ['a usual key whose name ends like one', ['IdentityFile ~/.ssh/desk_sk'], []],
    ['a security key that is not there', ['IdentityFile ~/.ssh/none_sk'], []],
    ['Kerberos first', ['PreferredAuthentications gssapi-with-mic,publickey'], ['GSSAPI']],
    ['Kerberos allowed, as distributions do', ['GSSAPIAuthentication yes', 'GSSAPIDelegateCredentials yes'], []],
    ['Kerberos after keys', ['PreferredAuthentications publickey,gssapi-with-mic'], []],
    ['a program of its own', ['ProxyCommand nc %h %p'], ['ProxyCommand']],
    ['a smart card', ['PKCS11Provider /usr/lib/opensc.so'], ['a PKCS#11 provider']],
    ['an address to bind to', ['BindAddress 127.0.0.1'], ['BindAddress']],
    ['a jump host with a security key', ['ProxyJump gate'], ['a FIDO key for gate']],
  ])('%s', async (_what, lines, by) => {
    const one = operator(`${block('gate', bastion, ['IdentityFile ~/.ssh/hardware'])}\n${block('shop', web, lines)}`)
    const folder = join(one.environment.home, '.ssh')
    writeFileSync(join(folder, 'hardware'), fidoKey(), { mode: 0o600 })
    writeFileSync(join(folder, 'hardware.pub'), `${FIDO} AAAA me\n`)
    copyFileSync(lab.keys.plain.path, join(folder, 'desk_sk'))
    const route = await findRoute('shop', one.environment)
    expect(route.beyondLibrary).toEqual(by)
  })
})

describe('ProxyJump', () => {
  it('goes through the jump host, over one connection for all servers behind it', async () => {
    const one = operator(
      [
        block('bastion', bastion),
        block('one', web, ['ProxyJump bastion']),
        block('two', certified, [`ProxyJump ${lab.user}@${bastion.address}:${bastion.port}`]),
        block('three', web, ['ProxyJump bastion']),
      ].join('\n'),
    )
    const before = bastion.sessions().length
    const first = await add(one, 'one')
    expect(first.route).toMatchObject({ address: web.address, through: ['bastion'], by: [] })
    expect(await says(one, first.id, 'behind')).toBe('behind')
    const alone = bastion.sessions().length - before
    const third = await add(one, 'three')
    expect(await says(one, third.id, 'too')).toBe('too')
    expect(bastion.sessions().length - before).toBe(alone)
    await one.hosts.remove(first.id)
    expect(await says(one, third.id, 'still')).toBe('still')
    await one.hosts.remove(third.id)
    await expect.poll(() => bastion.sessions().length, { timeout: 45_000 }).toBe(before)
  })

  it('checks the key of each hop, and names the hop whose key is unknown', async () => {
    const config = [block('bastion', bastion), block('inner', web, ['ProxyJump bastion'])].join('\n')
    const unknownHop = operator(config, [web])
    expect((await failure(add(unknownHop, 'inner'))).problem).toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      value: bastion.address,
    })
    const unknownTarget = operator(config, [bastion])
    const { problem } = await failure(add(unknownTarget, 'inner'))
    expect(problem).toMatchObject({ code: 'HOST_KEY_UNKNOWN', value: web.address })
    unknownTarget.hosts.acceptKey({
      address: problem.details?.address ?? '',
      port: Number(problem.details?.port),
      algorithm: problem.details?.algorithm ?? '',
      fingerprint: problem.details?.fingerprint ?? '',
      keyBase64: problem.details?.keyBase64 ?? '',
    })
    expect((await add(unknownTarget, 'inner')).state).toBe('up')
  })

  it('says when the jump host does not lead there, and ends a circle', async () => {
    const closed = await lab.startServer({ config: ['AllowTcpForwarding no'] })
    const one = operator([block('bastion', closed), block('inner', web, ['ProxyJump bastion'])].join('\n'), [
      closed,
      web,
    ])
    expect((await failure(add(one, 'inner'))).problem).toMatchObject({ code: 'HOST_UNREACHABLE', value: 'inner' })
    const circle = operator([block('a', web, ['ProxyJump b']), block('b', web, ['ProxyJump a'])].join('\n'))
    expect((await failure(add(circle, 'a'))).problem).toMatchObject({ code: 'SSH_CONFIG_LOOP' })
  })
})

describe("the system's ssh, where the library cannot do what the configuration asks", () => {
  /** A key whose only right is a certificate by the authority that one server trusts. */
  function certificate(valid = '+1h'): string {
    const path = join(lab.folder, `certified-${valid.replace(/\W/g, '')}-${Math.floor(performance.now())}`)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'lab', '-n', lab.user, '-V', valid, `${path}.pub`])
    return path
  }
  const alive = (one: OpenHosts, id: string, mark: string) =>
    one.hosts
      .run(id, { argv: ['sh', '-c', `ps -eo args | grep -c "^sleep ${mark}" || true`] })
      .then(({ stdout }) => Number(stdout))

  it('logs in by certificate, runs commands with input, and tells exit codes', async () => {
    const one = operator(block('shop', certified, [`IdentityFile ${certificate()}`]))
    const host = await add(one, 'shop')
    expect(host.route).toMatchObject({ address: certified.address, by: ['a user certificate'] })
    expect(await says(one, host.id, "it's $HOME")).toBe("it's $HOME")
    expect((await one.hosts.script(host.id, 'read line; echo "got $line" >&2; exit 7\nhello\n')).exitCode).toBe(7)
    const ended = await one.hosts.run(host.id, { argv: ['sh', '-c', 'echo no >&2; exit 255'] })
    expect(ended).toMatchObject({ exitCode: 255, stderr: 'no\n' })
    const big = await one.hosts.run(host.id, { argv: ['sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" x'] })
    expect(big.stdout.length).toBe(3_000_000)
  })

  it('kills what is cancelled or takes too long, on the server too', async () => {
    const one = operator(block('shop', certified, [`IdentityFile ${certificate()}`]))
    const host = await add(one, 'shop')
    const late = await failure(one.hosts.run(host.id, { argv: ['sleep', '31.4159'], timeoutMs: 500 }))
    expect(late.problem.code).toBe('COMMAND_TIMEOUT')
    const aborter = new AbortController()
    const cancelled = failure(one.hosts.run(host.id, { argv: ['sleep', '27.1828'] }, { signal: aborter.signal }))
    await expect.poll(() => alive(one, host.id, '27.1828'), { timeout: 45_000 }).toBe(1)
    aborter.abort()
    expect((await cancelled).problem.code).toBe('COMMAND_CANCELLED')
    await expect.poll(() => alive(one, host.id, '31.4159'), { timeout: 45_000 }).toBe(0)
    await expect.poll(() => alive(one, host.id, '27.1828'), { timeout: 45_000 }).toBe(0)
  })

  it('says when the link was lost, and connects again', async () => {
    const one = operator(block('shop', certified, [`IdentityFile ${certificate()}`]))
    const host = await add(one, 'shop')
    const lost = failure(one.hosts.run(host.id, { argv: ['sleep', '16.1803'] }))
    await expect.poll(() => alive(one, host.id, '16.1803'), { timeout: 45_000 }).toBe(1)
    for (const pid of certified.sessions())
      try {
        process.kill(pid, 'SIGKILL')
      } catch {}
    expect((await lost).problem.code).toBe('LINK_LOST')
    expect(await says(one, host.id, 'again')).toBe('again')
  })

  it('tells an unknown key, a changed key and a refused login apart, and takes a key accepted in the app', async () => {
    const config = block('shop', certified, [`IdentityFile ${certificate()}`])
    const unknown = operator(config, [])
    expect((await failure(add(unknown, 'shop'))).problem.code).toBe('HOST_KEY_UNKNOWN')
    const check = await unknown.hosts.scanKey({ address: certified.address, port: certified.port })
    unknown.hosts.acceptKey(check.key)
    expect((await add(unknown, 'shop')).state).toBe('up')
    const changed = operator(config, [])
    writeFileSync(changed.knownHosts, `[${certified.address}]:${certified.port} ${web.hostKey.publicLine}\n`)
    expect((await failure(add(changed, 'shop'))).problem.code).toBe('HOST_KEY_CHANGED')
    const expired = operator(block('shop', certified, [`IdentityFile ${certificate('-2h:-1h')}`]))
    expect((await failure(add(expired, 'shop'))).problem.code).toBe('AUTH_REFUSED')
  })

  it('follows ProxyCommand', async () => {
    const one = operator(
      block('shop', web, [
        `ProxyCommand sh -c 'exec 3<>/dev/null; exec ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i ${lab.keys.plain.path} -W %h:%p -p ${bastion.port} ${lab.user}@${bastion.address}'`,
      ]),
    )
    const host = await add(one, 'shop')
    expect(host.route?.by).toEqual(['ProxyCommand'])
    expect(await says(one, host.id, 'through')).toBe('through')
  })
})
