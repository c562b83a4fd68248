import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ended, firstLine, isRunning, processTree, startLab } from './index.ts'

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

  it('is kept up by hand until it is interrupted', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'keep.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await firstLine(child, child.stdout, /^folder /)
    const folder = line.replace(/^folder\s+/, '')
    expect(existsSync(folder)).toBe(true)
    child.kill('SIGINT')
    await ended(child)
    expect(existsSync(folder)).toBe(false)
  })
})
