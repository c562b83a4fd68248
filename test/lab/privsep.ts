import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from './process.ts'

const FOLDER = '/run/sshd'
const MADE_HERE = 'made-by-headroom-lab'

/**
 * sshd of Debian wants /run/sshd, which is there only once its service ran. Makes it where it is missing, and gives a
 * function that takes it away again when no other lab uses it.
 */
export function holdPrivsepFolder(): () => void {
  const mark = join(FOLDER, `lab-${process.pid}-${Math.trunc(performance.now() * 1000)}`)
  if (!existsSync(FOLDER)) {
    mkdirSync(FOLDER, { recursive: true, mode: 0o755 })
    writeFileSync(join(FOLDER, MADE_HERE), '')
  }
  if (!existsSync(join(FOLDER, MADE_HERE))) return () => {}
  writeFileSync(mark, '')
  return () => {
    rmSync(mark, { force: true })
    if (!existsSync(FOLDER) || readdirSync(FOLDER).some(isInUse)) return
    for (const name of readdirSync(FOLDER)) rmSync(join(FOLDER, name), { force: true })
    rmdirSync(FOLDER)
  }
}

/** A mark of a lab that was killed, and so could not take its mark away, does not count. */
function isInUse(name: string): boolean {
  const pid = /^lab-(\d+)-/.exec(name)?.[1]
  return pid === undefined ? name !== MADE_HERE : isRunning(Number(pid))
}
