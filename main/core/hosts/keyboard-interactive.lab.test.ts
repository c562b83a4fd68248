import { createHmac } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Host, SshAuthInput } from '../../../shared/model/host.ts'
import { failure, type OpenHosts, openHosts } from '../../../test/fixtures/hosts.ts'
import { type Lab, type Sshd, startLab } from '../../../test/lab/index.ts'

/** Real sshd over real PAM: pam_unix asks for the password, pam_oath for a code (RFC 4226). */
const isRoot = process.getuid?.() === 0
const SECRET = Buffer.from('3132333435363738393031323334353637383930', 'hex')
const PASSWORD = 'auth required pam_unix.so'
const REST = ['account required pam_permit.so', 'session required pam_permit.so']
let lab: Lab
let passwordOnly: Sshd
let both: Sshd
let afterKey: Sshd
let passwordMethod: Sshd
let counter = 0
const opened: OpenHosts[] = []
const user = () => lab.passwordUser ?? { name: '', password: '' }

beforeAll(async () => {
  if (!isRoot) return
  lab = await startLab({ servers: 1, passwordUser: true })
  // sshd reads the authorized keys as the user who logs in.
  chmodSync(lab.folder, 0o755)
  const users = join(lab.folder, 'oath')
  writeFileSync(users, `HOTP ${user().name} - ${SECRET.toString('hex')}\n`, { mode: 0o600 })
  const code = `auth required pam_oath.so usersfile=${users} window=10 digits=6`
  passwordOnly = await lab.startServer({ pam: [PASSWORD, ...REST] })
  both = await lab.startServer({ pam: [PASSWORD, code, ...REST] })
  afterKey = await lab.startServer({
    pam: [code, ...REST],
    config: ['AuthenticationMethods publickey,keyboard-interactive'],
  })
  passwordMethod = await lab.startServer({
    pam: [PASSWORD, ...REST],
    config: ['KbdInteractiveAuthentication no', 'PasswordAuthentication yes'],
  })
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})
afterAll(() => lab?.stop())

/** The next code of the counter, which the server moves on with each code it takes. */
function nextCode(): string {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(counter++))
  const mac = createHmac('sha1', SECRET).update(message).digest()
  const at = (mac.at(-1) as number) & 0xf
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
function operator(server: Sshd): OpenHosts {
  const one = openHosts({ real: true })
  opened.push(one)
  writeFileSync(one.knownHosts, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  return one
}
/** An operator whose configuration leads to the names given, all behind the name "bastion". */
function behind(bastion: Sshd, names: string[], knows = true): OpenHosts {
  const one = operator(bastion)
  const inner = lab.servers[0] as Sshd
  const line = (server: Sshd) => `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`
  writeFileSync(one.knownHosts, `${knows ? line(bastion) : ''}${line(inner)}`)
  const files = `  UserKnownHostsFile ${one.knownHosts}\n  GlobalKnownHostsFile /dev/null\n`
  const at = (name: string, server: Sshd, more: string) =>
    `Host ${name}\n  HostName ${server.address}\n  Port ${server.port}\n${more}${files}`
  const inside = `  User ${lab.user}\n  IdentityFile ${lab.keys.plain.path}\n  ProxyJump bastion\n`
  const blocks = names.map((name) => at(name, inner, inside))
  const own = at('bastion', bastion, `  User ${user().name}\n  IdentityFile /nowhere\n`)
  writeFileSync(join(one.environment.home, '.ssh', 'config'), [own, ...blocks].join('\n'))
  return one
}
const addNamed = ({ hosts }: OpenHosts, alias: string, secret?: string): Promise<Host> =>
  hosts.add({ kind: 'ssh-config', name: alias, alias, ...(secret === undefined ? {} : { secret }) })
const add = ({ hosts }: OpenHosts, server: Sshd, auth: SshAuthInput): Promise<Host> =>
  hosts.add({ kind: 'ssh', name: 'web', address: server.address, port: server.port, user: user().name, auth })
const who = async ({ hosts }: OpenHosts, id: string) => (await hosts.run(id, { argv: ['id', '-un'] })).stdout.trim()
const promptsOf = (host: Host) => JSON.parse(host.problem?.details?.prompts ?? '[]') as unknown

describe.runIf(isRoot)('keyboard-interactive', () => {
  it('gives the password where PAM asks for it, and tells a wrong one', async () => {
    const one = operator(passwordOnly)
    const refused = await failure(add(one, passwordOnly, { kind: 'password', password: 'wrong' }))
    expect(refused.problem).toMatchObject({
      code: 'AUTH_REFUSED',
      details: { tried: 'password, keyboard-interactive with the password' },
    })
    expect(one.hosts.list()).toEqual([])
    const host = await add(one, passwordOnly, { kind: 'password', password: user().password })
    expect(await who(one, host.id)).toBe(user().name)
  }, 30_000)

  it('asks the operator what only the operator knows, and keeps the connection', async () => {
    const one = operator(both)
    const host = await add(one, both, { kind: 'password', password: user().password })
    expect(host).toMatchObject({ state: 'needs-secret', problem: { code: 'ANSWER_NEEDED', field: 'answers' } })
    const [prompt] = promptsOf(host) as { text: string; echo: boolean }[]
    expect(prompt?.text).toContain('One-time password')
    expect(prompt?.echo).toBe(false)
    const wrong = await one.hosts.answer(host.id, ['000000'])
    expect(wrong).toMatchObject({ state: 'needs-secret', problem: { code: 'ANSWER_REFUSED' } })
    expect(wrong.problem?.fact).toContain('One-time password')
    expect(promptsOf(wrong)).toHaveLength(1)
    expect(await one.hosts.answer(host.id, [nextCode()])).toMatchObject({ state: 'up', problem: null })
    const before = both.sessions().length
    expect([await who(one, host.id), await who(one, host.id)]).toEqual([user().name, user().name])
    expect(both.sessions().length).toBe(before)
  }, 30_000)

  it('does not ask the server again by itself while the answer is missing', async () => {
    const one = operator(both)
    const host = await add(one, both, { kind: 'password', password: user().password })
    const none = both.sessions().length
    for (let i = 0; i < 3; i++)
      expect((await failure(one.hosts.run(host.id, { argv: ['true'] }))).code).toBe('ANSWER_NEEDED')
    expect(both.sessions().length).toBeLessThanOrEqual(none)
    expect(one.hosts.get(host.id).state).toBe('needs-secret')
  }, 30_000)

  it('follows a key that is not enough alone', async () => {
    const one = operator(afterKey)
    const host = await add(one, afterKey, { kind: 'key', path: lab.keys.plain.path })
    expect(host).toMatchObject({ state: 'needs-secret', problem: { code: 'ANSWER_NEEDED' } })
    expect(await one.hosts.answer(host.id, [nextCode()])).toMatchObject({ state: 'up', problem: null })
    expect(await who(one, host.id)).toBe(user().name)
    const stranger = await failure(add(operator(afterKey), afterKey, { kind: 'key', path: lab.keys.stranger.path }))
    expect(stranger.problem).toMatchObject({ code: 'AUTH_REFUSED', details: { accepted: 'publickey' } })
  }, 30_000)

  it('keeps no answer anywhere', async () => {
    const one = operator(both)
    const host = await add(one, both, { kind: 'password', password: user().password })
    const code = nextCode()
    await one.hosts.answer(host.id, [code])
    const rows = one.workspace.app.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
      name: string
    }[]
    const everything = rows.map(({ name }) =>
      JSON.stringify(one.workspace.app.prepare(`SELECT * FROM "${name}"`).all()),
    )
    expect(everything.join('\n')).not.toContain(code)
  }, 30_000)
})

describe.runIf(isRoot)('a jump host that asks', () => {
  const of = (host: Host) => (promptsOf(host) as { text: string }[]).map(({ text }) => text)

  it('is told by its name, answered once for all servers behind it, and not again while it is kept', async () => {
    const one = behind(both, ['db', 'web'])
    const db = await addNamed(one, 'db')
    expect(db).toMatchObject({
      state: 'needs-secret',
      problem: { code: 'ANSWER_NEEDED', details: { jump: 'bastion' } },
    })
    expect(db.problem?.fact).toMatch(/^Jump host bastion: .+ asks "Password:"/)
    const web = await addNamed(one, 'web')
    expect(web.state).toBe('needs-secret')
    const second = await one.hosts.answer(db.id, [user().password])
    expect(of(second)).toEqual(['Password:', expect.stringContaining('One-time password')])
    const up = await one.hosts.answer(db.id, [user().password, nextCode()])
    expect(up).toMatchObject({ state: 'up', problem: null, route: { through: ['bastion'] } })
    const kept = both.sessions().length
    // The other one goes the same way without a question of its own, and a new connection does too.
    expect(await who(one, web.id)).toBe(lab.user)
    expect(await one.hosts.test(db.id)).toMatchObject({ state: 'up' })
    expect(both.sessions().length).toBeLessThanOrEqual(kept)
  }, 30_000)

  it('that only takes a password is asked for it, and is given it again after sleep', async () => {
    for (const bastion of [passwordMethod, passwordOnly]) {
      const one = behind(bastion, ['db'])
      const db = await addNamed(one, 'db', 'a secret for db')
      expect(of(db)).toEqual([expect.stringMatching(/^Password/)])
      if (bastion === passwordMethod)
        expect(await one.hosts.answer(db.id, ['wrong'])).toMatchObject({ problem: { code: 'ANSWER_REFUSED' } })
      expect(await one.hosts.answer(db.id, [user().password])).toMatchObject({ state: 'up' })
      await one.hosts.dropIdle()
      expect(await who(one, db.id)).toBe(lab.user)
      expect(JSON.stringify(one.hosts.list())).not.toContain(user().password)
    }
  }, 30_000)

  it('whose key is not known is told by its name, and trusted like any other', async () => {
    const one = behind(passwordOnly, ['db'], false)
    const unknown = await failure(addNamed(one, 'db'))
    expect(unknown.problem).toMatchObject({ code: 'HOST_KEY_UNKNOWN', details: { jump: 'bastion' } })
    expect(unknown.problem.fact).toMatch(/^Jump host bastion: The key of /)
    const { address = '', port = '', algorithm = '', fingerprint = '', keyBase64 = '' } = unknown.problem.details ?? {}
    one.hosts.acceptKey({ address, port: Number(port), algorithm, fingerprint, keyBase64 })
    expect((await addNamed(one, 'db')).problem).toMatchObject({ code: 'ANSWER_NEEDED' })
  }, 30_000)
})
