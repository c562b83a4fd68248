import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ended, firstLine, isRunning, processTree, startLab, stillRunning } from './index.ts'

const isRoot = process.getuid?.() === 0
const userExists = (name: string) => spawnSync('getent', ['passwd', name]).status === 0

describe('the lab', () => {
  it('leaves no process, folder or user behind', async () => {
    const privsepBefore = existsSync('/run/sshd')
    const lab = await startLab({ servers: 2, passwordUser: isRoot })
    const order: string[] = []
    lab.cleanUp(() => void order.push('first'))
    lab.cleanUp(() => void order.push('second'))
    const pids = [...lab.servers.flatMap((server) => processTree(server.pid)), lab.agent.pid]
    expect(pids.every(isRunning)).toBe(true)
    expect(new Set(lab.servers.map((server) => server.address)).size).toBe(2)
    expect(new Set(lab.servers.map((server) => server.hostKey.fingerprint)).size).toBe(2)
    const user = lab.passwordUser?.name ?? ''
    expect(userExists(user)).toBe(isRoot)

    await lab.stop()
    expect(order).toEqual(['second', 'first'])
    expect(pids.filter(isRunning)).toEqual([])
    expect(existsSync(lab.folder)).toBe(false)
    expect(isRoot && userExists(user)).toBe(false)
    expect(privsepBefore || !existsSync('/run/sshd')).toBe(true)
  })

  it('cleans up everything when one part fails to stop, and says so', async () => {
    const lab = await startLab({ servers: 1 })
    const pid = lab.servers[0]?.pid ?? 0
    lab.cleanUp(() => {
      throw new Error('a part that fails')
    })
    await expect(lab.stop()).rejects.toThrow('did not stop cleanly')
    expect(isRunning(pid)).toBe(false)
    expect(existsSync(lab.folder)).toBe(false)
  })

  it('is kept up by hand until Ctrl-C, with databases and a swarm to try the playbooks on', async () => {
    const place = mkdtempSync(join(tmpdir(), 'headroom-keep-'))
    chmodSync(place, 0o755)
    const child = spawn(process.execPath, [join(import.meta.dirname, 'keep.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
      env: { ...process.env, TMPDIR: place },
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    await firstLine(child, child.stdout, /^Ctrl-C /)
    const pids = processTree(child.pid ?? 0)
    const folder = /^folder +(.*)$/m.exec(text)?.[1] ?? ''
    expect(existsSync(folder)).toBe(true)
    expect(text.match(/hosts add lab-\d \S+@127\.[\d.]+:\d+ --key \S+ --accept-key SHA256:\S+$/gm)).toHaveLength(3)
    const [, password, port] = /password is (\w+):[\s\S]*source_port=(\d+)/.exec(text) ?? []
    const [, address] = /source_server=(\S+)/.exec(text) ?? []
    const counted = spawnSync(
      'psql',
      ['-XAt', '-h', address ?? '', '-p', port ?? '', '-U', 'postgres', '-c', 'SELECT count(*) FROM purchase', 'shop'],
      { env: { ...process.env, PGPASSWORD: password }, encoding: 'utf8' },
    )
    expect(counted.stdout.trim()).toBe('100000')
    if (isRoot) {
      const [, host] = /docker_host=(\S+)/.exec(text) ?? []
      const services = spawnSync('docker', ['-H', host ?? '', 'service', 'ls', '--format', '{{.Name}}'])
      expect(services.stdout.toString().trim()).toBe('web')
    }
    // As a terminal does: every process of the group gets it.
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await ended(child)
    expect(child.exitCode).toBe(0)
    expect(await stillRunning(pids)).toEqual([])
    expect(readdirSync(place)).toEqual([])
    rmdirSync(place)
  })
})
