import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
    if (!existsSync(FOLDER) || readdirSync(FOLDER).some((name) => name !== MADE_HERE)) return
    rmSync(join(FOLDER, MADE_HERE), { force: true })
    rmdirSync(FOLDER)
  }
}
