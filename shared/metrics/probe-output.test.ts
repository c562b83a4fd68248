import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseProbe } from './probe-output.ts'

const whole = (lines: string) => `headroom_probe 1\n${lines}\nprobe_end{milliseconds="40"} 1\n`

describe('the probe’s output', () => {
  test('of a real Debian host reads whole', () => {
    const output = parseProbe(readFileSync('test/fixtures/probes/debian-12.txt', 'utf8'))
    expect(output).toMatchObject({ complete: true, noProc: false, broken: [] })
    expect(output.readings.filter(({ key }) => key === 'cpu_ticks')).toHaveLength(8)
    expect(output.readings).toContainEqual({ key: 'cpu_cores', labels: {}, value: 2 })
    expect(output.notFound.map(({ what }) => what)).toContain('postgres')
  })
  test('labels with quotes, backslashes, commas and braces come back unchanged', () => {
    const { readings } = parseProbe(whole('disk_kib{mount="/a \\"b\\",\\\\c}",kind="used"} 5'))
    expect(readings).toEqual([{ key: 'disk_kib', labels: { mount: '/a "b",\\c}', kind: 'used' }, value: 5 }])
  })
  test('a greeting of a login script is set apart and costs nothing', () => {
    const output = parseProbe(`Welcome to the server!\n${whole('load1 0.5')}`)
    expect(output.readings).toEqual([{ key: 'load1', labels: {}, value: 0.5 }])
    expect(output.broken).toEqual([{ line: 1, text: 'Welcome to the server!' }])
  })
  test('a host without /proc is told apart', () => {
    expect(parseProbe('headroom_probe 1\nno_proc 1\n')).toMatchObject({ noProc: true, complete: false })
  })
  test('an output without its end is not complete', () => {
    expect(parseProbe('headroom_probe 1\nload1 0.5\n')).toMatchObject({ complete: false, durationMs: null })
  })
  test.each(['load1', 'load1 many', 'disk_kib{mount=/} 5', 'disk_kib{mount="/" 5'])(
    '%s is broken, with its line',
    (line) => {
      expect(parseProbe(whole(line)).broken).toEqual([{ line: 2, text: line }])
    },
  )
})
