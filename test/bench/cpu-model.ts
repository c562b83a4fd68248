import { readdirSync, readFileSync } from 'node:fs'

const MS_PER_TICK = 10

/** CPU of a process and of all that came of it so far, in milliseconds: also of those that have ended and were waited for. */
export function treeCpuMs(root: number): number {
  const all = new Map<number, { parent: number; ticks: number }>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      // Behind the name, which may hold anything: state, parent, ...; the four times are fields 14 to 17 (proc(5)).
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
      all.set(Number(entry), { parent: Number(fields[1]), ticks })
    } catch {
      // It has ended.
    }
  }
  const isInside = (pid: number): boolean => {
    if (pid === root) return true
    const one = all.get(pid)
    return one !== undefined && one.parent > 1 && isInside(one.parent)
  }
  let ticks = 0
  for (const [pid, one] of all) if (isInside(pid)) ticks += one.ticks
  return ticks * MS_PER_TICK
}
