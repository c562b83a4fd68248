import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEnvFile } from '../../../shared/playbook/env-file.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'
import { type Cluster, type Lab, startCluster, startLab } from '../../../test/lab/index.ts'

let lab: Lab
let one: OpenPlaybooks

const SECRET = `it's "odd" $(touch /nowhere) \\ 北京 {{ x }}`
const NAME = `a 'quoted' "$HOME" \`id\` {{ 7 * 7 }} {% raw %} 北京`
/** What is on the server before: an env file with settings of its own. */
const BEFORE = `# settings\nexport MODE="test"\nOLD=1\nKEEP='as it is'\n`

beforeAll(async () => {
  lab = await startLab({ servers: 2 })
  one = openPlaybooks()
  await one.addServer(lab, lab.servers[0] as never, 'web-1')
  await one.addServer(lab, lab.servers[1] as never, 'web-2')
  mkdirSync(join(one.workspace.folder, 'playbooks'), { recursive: true })
  writeFileSync(join(lab.folder, 'logo.bin'), Buffer.from([0, 1, 2, 255, 10, 13]))
  writeFileSync(join(one.workspace.folder, 'playbooks', 'everything.yaml'), PLAYBOOK)
}, 60_000)
afterAll(async () => {
  await one?.close()
  await lab?.stop()
})

const PLAYBOOK = `format: headroom/playbook@1
id: everything
name: Everything
summary: Each kind of step that a person can do.
parameters:
  - { name: root, label: Folder, type: text }
  - { name: servers, label: Servers, type: hosts }
  - { name: first, label: The first, type: host }
  - { name: title, label: Title, type: text }
  - { name: password, label: Password, type: secret }
  - { name: lab, label: Lab folder, type: text }
steps:
  - id: text
    name: A file from a template
    kind: template
    host: \${{ servers }}
    path: \${{ root }}/\${{ host.name }}/motd
    folders: true
    mode: "0640"
    text: |
      \${{ title }}
      \${{ password }}
  - id: script
    name: A script from a template
    kind: template
    host: \${{ first }}
    path: \${{ root }}/go.sh
    mode: "0755"
    text: |
      #!/bin/sh
      echo "title: \${{ title }}" \${{ password }}
  - { id: logo, name: A file as it is, kind: upload, host: "\${{ first }}", from: "\${{ lab }}/logo.bin", path: "\${{ root }}/logo" }
  - id: env
    name: Settings
    kind: edit-env
    host: \${{ first }}
    path: \${{ root }}/app.env
    set: { MODE: live, TITLE: "\${{ title }}", PASSWORD: "\${{ password }}" }
    remove: [OLD]
  - id: kernel
    name: What it runs
    kind: run
    host: \${{ servers }}
    command: 'printf "  %s of %s  \\n\\n" "it''s" \${{ host.name }}'
    register: { who: trim }
    timeout: 10s
  - id: json
    name: What it says
    kind: run
    host: \${{ first }}
    command: 'printf "%s" \\{\\"a\\":[\\{\\"b\\ c\\":\\"v1.2.3-x\\"\\}]\\}'
    register: { version: { json: "$.a[0]['b c']", regex: "v([0-9.]+)" }, token: { regex: "v1", secret: true } }
    timeout: 10s
  - id: use
    name: Uses of later values
    kind: run
    host: \${{ servers }}
    check: test -e \${{ root }}/\${{ host.name }}/later
    command: 'cat >\${{ root }}/\${{ host.name }}/later && echo \${{ steps.kernel.who }} "and \${{ steps.json.version }}" "$HIDDEN" >>\${{ root }}/\${{ host.name }}/later'
    env: { HIDDEN: "\${{ steps.json.token }} \${{ password }}" }
    stdin: "to \${{ steps.kernel.who }}"
    verify: [test, -s, "\${{ root }}/\${{ host.name }}/later"]
    timeout: 10s
  - id: again
    name: A second try
    kind: run
    host: \${{ first }}
    command: '[ -e \${{ root }}/tried ] || { : >\${{ root }}/tried; exit 1; }'
    retries: 2
    delay: 1s
    timeout: 10s
  - { id: ready, name: It is there, kind: wait-for, host: "\${{ first }}", command: [test, -e, "\${{ root }}/tried"], timeout: 5s }
  - { id: not, name: Left out, kind: run, when: "\${{ title }} == 'x'", host: "\${{ first }}", command: "touch \${{ root }}/left-out" }
  - { id: good, name: Looked at, kind: approve, text: "Is \${{ title }} well?", type: agreed }
  - id: last
    name: The end
    kind: run
    host: \${{ first }}
    irreversible: true
    command: 'rm \${{ root }}/tried'
    timeout: 10s
`

function fresh(name: string): { root: string; values: Record<string, string> } {
  const root = join(lab.folder, name)
  mkdirSync(root)
  writeFileSync(join(root, 'app.env'), BEFORE, { mode: 0o600 })
  return {
    root,
    values: { root, servers: 'web-1,web-2', first: 'web-1', title: NAME, password: SECRET, lab: lab.folder },
  }
}

/** Every file with its mode and content; previous versions are kept under names of their own. */
function tree(root: string, folder = root): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) Object.assign(found, tree(root, path))
    else if (!/^\.|~$/.test(entry.name)) {
      const mode = (statSync(path).mode & 0o777).toString(8)
      found[path.slice(root.length)] = `${mode} ${readFileSync(path, 'utf8').replaceAll(root, 'ROOT')}`
    }
  }
  return found
}

async function asRun(): Promise<Record<string, string>> {
  const { root, values } = fresh('by-run')
  const { hash } = await one.playbooks.preview('everything', values)
  let run = await one.ended((await one.playbooks.start('everything', values, hash)).id)
  if (run.waiting) {
    await one.playbooks.approve(run.id, run.waiting.step, 'agreed')
    run = await one.ended(run.id)
  }
  expect(run.problem).toBe(null)
  expect(run.state).toBe('succeeded')
  return tree(root)
}

describe('what is handed over does the same', () => {
  let expected: Record<string, string>
  beforeAll(async () => {
    expected = await asRun()
    expect(Object.keys(expected).sort()).toEqual([
      ...['/app.env', '/go.sh', '/logo', '/web-1/later', '/web-1/motd', '/web-2/later', '/web-2/motd'],
    ])
  }, 60_000)

  it.each([['dash'], ['busybox', 'sh'], ['bash', '--posix']])('as a script for %s', async (...shell) => {
    const { root, values } = fresh(`by-${shell[0]}`)
    const { text, fileName, byHand } = await one.playbooks.handOver('everything', values, 'script')
    expect(fileName).toBe('everything.sh')
    expect(byHand).toEqual([])
    expect(text).not.toContain('odd')
    const file = join(lab.folder, `${shell[0]}.sh`)
    writeFileSync(file, text)
    const [program = '', ...rest] = shell
    expect(spawnSync(program, [...rest, '-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
    const result = spawnSync(program, [...rest, file], { encoding: 'utf8', input: `${SECRET}\nagreed\ny\n` })
    expect(result.stderr).toBe('')
    expect(result.status).toBe(0)
    expect(result.stdout).not.toContain('odd')
    expect(tree(root)).toEqual(expected)
    // Done once more from a step on, it stops where it did before and changes nothing.
    const again = spawnSync(program, [...rest, file, '--from', '7'], {
      encoding: 'utf8',
      input: `${SECRET}\nx\nx\n1.2.3\nv1\nno\n`,
    })
    expect(again.stdout).toContain('web-1: done already')
    expect(again.stderr).toContain('it was not agreed to')
    expect(again.stderr).toContain('--from 11')
    expect(again.status).toBe(1)
  })

  it('stops at the first failure, before what cannot be undone, and takes no other host key', async () => {
    const { root, values } = fresh('refused')
    const { text } = await one.playbooks.handOver('everything', values, 'script')
    const file = join(lab.folder, 'refused.sh')
    writeFileSync(file, text)
    const no = spawnSync('sh', [file], { encoding: 'utf8', input: `${SECRET}\nagreed\nn\n` })
    expect(no.stderr).toContain('Stopped: you said no')
    expect(no.status).toBe(1)
    expect(readdirSync(root)).toContain('tried')
    const other = lab.keys.stranger.publicLine.split(' ').slice(0, 2).join(' ')
    writeFileSync(file, text.replace(/(\[[^\]]+\]:\d+) ssh-\S+ \S+/g, `$1 ${other}`))
    const changed = spawnSync('sh', [file], { encoding: 'utf8', input: `${SECRET}\n` })
    expect(changed.stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED')
    expect(changed.status).toBe(1)
  })

  it('as an Ansible playbook', async () => {
    const { root, values } = fresh('by-ansible')
    const { text, byHand } = await one.playbooks.handOver('everything', values, 'ansible')
    expect(byHand).toEqual([])
    expect(text).not.toContain('odd')
    const file = join(lab.folder, 'everything.ansible.yaml')
    writeFileSync(file, text)
    const known = lab.servers.map(({ address, port, hostKey }) => `[${address}]:${port} ${hostKey.publicLine}\n`)
    writeFileSync(join(lab.folder, 'known_hosts'), known.join(''))
    const env = {
      ...process.env,
      ANSIBLE_NOCOLOR: '1',
      // The lab's servers have no sftp.
      ANSIBLE_PIPELINING: 'True',
      ANSIBLE_SSH_TRANSFER_METHOD: 'piped',
      ANSIBLE_SSH_ARGS: `-o UserKnownHostsFile=${join(lab.folder, 'known_hosts')}`,
      ANSIBLE_LOCALHOST_WARNING: 'False',
      ANSIBLE_INVENTORY_UNPARSED_WARNING: 'False',
      LC_ALL: 'C.UTF-8',
    }
    const syntax = spawnSync('ansible-playbook', ['--syntax-check', file], { encoding: 'utf8', env })
    // Its servers are added by its first play, which a check of the syntax does not run.
    expect(syntax.stderr.replace(/\[WARNING\]: Could not match supplied host pattern, ignoring:\s+\S+\s*/g, '')).toBe(
      '',
    )
    expect(syntax.status).toBe(0)
    // Prompts want a terminal: what they ask for is given as a file, as the head of the playbook says.
    const asked = join(lab.folder, 'asked.json')
    writeFileSync(asked, JSON.stringify({ asked_secret_password: { __ansible_unsafe: SECRET } }))
    const answered = join(lab.folder, 'answered.ansible.yaml')
    writeFileSync(
      answered,
      text
        .replaceAll(/\n\s+register: headroom_answer/g, '')
        .replace(
          /ansible\.builtin\.pause:\n(\s+)prompt: [\s\S]*?\n(?=\s+(?:register|- name|tasks)|- name)/g,
          'ansible.builtin.set_fact:\n$1headroom_answer: { user_input: agreed }\n',
        ),
    )
    const result = spawnSync('ansible-playbook', [answered, '--extra-vars', `@${asked}`], { encoding: 'utf8', env })
    expect(result.status, `${result.stdout}\n${result.stderr}`).toBe(0)
    expect(result.stdout).not.toContain('odd')
    const { '/app.env': settings = '', ...files } = tree(root)
    const { '/app.env': wanted = '', ...others } = expected
    expect(files).toEqual(others)
    // lineinfile writes whole lines, so quotes that a value had may go; what is read is the same.
    expect(readEnvFile(settings.replace(/^600 /, ''))).toEqual(readEnvFile(wanted.replace(/^600 /, '')))
  })
})

describe('a database', () => {
  let source: Cluster
  let target: Cluster
  beforeAll(async () => {
    const [a, b] = lab.servers
    source = await startCluster(lab, { address: a?.address ?? '', password: SECRET })
    target = await startCluster(lab, { address: b?.address ?? '' })
    source.sql('postgres', 'CREATE DATABASE shop')
    source.sql(
      'shop',
      `CREATE TABLE item (id serial PRIMARY KEY, name text); INSERT INTO item (name) SELECT 'ž' || n FROM generate_series(1, 2000) n`,
    )
  }, 60_000)

  const values = (): Record<string, string | boolean> => ({
    ...{
      source_host: 'web-1',
      source_database: 'shop',
      source_server: source.address,
      source_port: String(source.port),
    },
    ...{ source_password: SECRET, target_host: 'web-2', target_database: 'shop_moved', target_server: target.socket },
    ...{ target_port: String(target.port), target_peer_address: target.address, freeze_writes: true },
  })
  const databases = () =>
    target.sql('postgres', "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'shop%'")

  it('is rehearsed beside the target, compared and dropped, and the next preview has what it took', async () => {
    const { playbooks } = one
    const preview = await playbooks.preview('postgres-move', values(), { rehearsal: true })
    expect(preview.problems).toEqual([])
    expect(preview.downtime).toContain('stops no writes')
    const started = await playbooks.start('postgres-move', values(), preview.hash, { rehearsal: true })
    const run = await one.ended(started.id)
    expect(run.problem).toBe(null)
    expect(run).toMatchObject({ state: 'succeeded', rehearsal: true })
    expect(run.outcome).toContain('expect them to stop for about that long')
    expect(databases()).toBe('')
    expect(playbooks.proofs(run.id)[0]).toMatchObject({ equal: true })
    const next = await playbooks.preview('postgres-move', values())
    expect(next.steps[0]?.rehearsed?.hosts).toEqual(['web-1', 'web-2'])
    expect(next.steps[0]?.estimateMs).toBe((run.steps[0]?.endedAt ?? 0) - (run.steps[0]?.startedAt ?? 0))
    target.sql('postgres', 'CREATE DATABASE shop_moved_rehearsal')
    const taken = await playbooks.preview('postgres-move', values(), { rehearsal: true })
    expect(taken.problems).toContainEqual(
      expect.objectContaining({ code: 'REHEARSAL_NOT_NEW', field: 'target_database' }),
    )
    target.sql('postgres', 'DROP DATABASE shop_moved_rehearsal')
  })

  it('is moved by the script and compared; a side that differs stops it, and writes are let in again', async () => {
    const { text, byHand } = await one.playbooks.handOver('postgres-move', values(), 'script')
    expect(byHand).toEqual([])
    const file = join(lab.folder, 'move.sh')
    writeFileSync(file, text)
    const result = spawnSync('dash', [file], { encoding: 'utf8', input: `${SECRET}\n` })
    expect(result.stderr).toBe('')
    expect(result.stdout).toContain('Both sides are equal.')
    expect(target.sql('shop_moved', "SELECT count(*) || ' ' || max(name) FROM item")).toBe(
      source.sql('shop', "SELECT count(*) || ' ' || max(name) FROM item"),
    )
    expect(source.sql('shop', 'SHOW default_transaction_read_only')).toBe('off')
    target.sql('postgres', 'DROP DATABASE shop_moved')
    writeFileSync(file, text.replace('grep \'^{\' "$work/source"', 'sed -n \'s/2000/2001/; /^{/p\' "$work/source"'))
    const differs = spawnSync('dash', [file], { encoding: 'utf8', input: `${SECRET}\n` })
    expect(differs.stderr).toContain('the two sides differ')
    expect(differs.status).toBe(1)
    expect(source.sql('shop', 'SHOW default_transaction_read_only')).toBe('off')
  })
})
