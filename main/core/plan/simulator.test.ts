import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { AssumptionsSchema } from '../../../shared/model/scenario.ts'
import { costModel } from '../../../shared/planning/cost-model.ts'
import { simulate } from '../../../shared/planning/simulate.ts'
import { testPlan } from '../../../test/fixtures/plan.ts'
import { createSimulator, type Simulator, workerFile } from './simulator.ts'

const plan = testPlan()
const costs = costModel(plan, () => null)
const assume = (paths: number, months = 12) =>
  AssumptionsSchema.parse({ present: 1000, growth: { monthlyRate: 0.1, deviation: 0.1 }, months, paths })
const small = assume(200)
/** Minutes of work: nothing here waits for it to end. */
const huge = assume(100_000, 120)
const open: Simulator[] = []
const make = (file?: URL) => {
  const simulator = createSimulator(file)
  open.push(simulator)
  return simulator
}
afterEach(async () => {
  for (const simulator of open.splice(0)) await simulator.close()
})
const code = (expected: string) => expect.objectContaining({ problem: expect.objectContaining({ code: expected }) })

it('gives what the same call gives without a thread, again and again on one thread', async () => {
  const simulator = make()
  const expected = simulate(plan, costs, small)
  const all = await Promise.all([simulator.run(plan, [], small), simulator.run(plan, [], small)])
  expect(all).toEqual([expected, expected])
})

it('ends at once when cancelled, and the run behind goes on', async () => {
  const simulator = make()
  const cancel = new AbortController()
  const first = simulator.run(plan, [], huge, cancel.signal)
  const second = simulator.run(plan, [], small)
  cancel.abort()
  await expect(first).rejects.toThrowError(code('SIMULATION_CANCELLED'))
  expect(await second).toEqual(simulate(plan, costs, small))
})

it('gives up a simulation without ending its thread, which has kept the plan and the prices for the next', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-simulator-'))
  try {
    // The real thread, which also writes down what comes with every message, and in which thread.
    const file = join(folder, 'tells.mjs')
    writeFileSync(
      file,
      `import { appendFileSync } from 'node:fs'
       import { parentPort, threadId } from 'node:worker_threads'
       const line = (input) => [threadId, ...Object.keys(input)].join(' ') + '\\n'
       parentPort.on('message', ({ input }) => appendFileSync(${JSON.stringify(join(folder, 'told'))}, line(input)))
       await import(${JSON.stringify(new URL('./simulate-worker.ts', import.meta.url).href)})`,
    )
    const simulator = make(pathToFileURL(file))
    const other = testPlan({ name: 'Another' })
    const prices: [] = []
    expect(await simulator.run(plan, prices, small)).toEqual(simulate(plan, costs, small))
    const cancel = new AbortController()
    const first = simulator.run(plan, prices, huge, cancel.signal)
    const second = simulator.run(plan, prices, small)
    cancel.abort()
    await expect(first).rejects.toThrowError(code('SIMULATION_CANCELLED'))
    expect(await second).toEqual(simulate(plan, costs, small))
    expect(await simulator.run(other, prices, small)).toEqual(simulate(other, costs, small))
    const told = readFileSync(join(folder, 'told'), 'utf8').trim().split('\n')
    const [thread] = (told[0] ?? '').split(' ')
    expect(told).toEqual([
      `${thread} plan prices assumptions`,
      `${thread} assumptions`,
      `${thread} assumptions`,
      `${thread} plan assumptions`,
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('takes a waiting run out of the line without disturbing the one at work', async () => {
  const simulator = make()
  const cancel = new AbortController()
  const first = simulator.run(plan, [], small)
  const second = simulator.run(plan, [], huge, cancel.signal)
  cancel.abort()
  await expect(second).rejects.toThrowError(code('SIMULATION_CANCELLED'))
  expect((await first).paths).toBe(200)
})

it('refuses a signal aborted before, and cancels what runs when it closes', async () => {
  const simulator = make()
  await expect(simulator.run(plan, [], small, AbortSignal.abort())).rejects.toThrowError(code('SIMULATION_CANCELLED'))
  const running = simulator.run(plan, [], huge)
  const outcome = expect(running).rejects.toThrowError(code('SIMULATION_CANCELLED'))
  await simulator.close()
  await outcome
  await expect(simulator.run(plan, [], small)).rejects.toThrowError(code('SIMULATION_CANCELLED'))
})

it('says so when the thread dies, and starts another for the next run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-simulator-'))
  try {
    const file = join(folder, 'dies.mjs')
    writeFileSync(
      file,
      `import { parentPort } from 'node:worker_threads'\nparentPort.once('message', () => process.exit(3))\n`,
    )
    const simulator = make(pathToFileURL(file))
    await expect(simulator.run(plan, [], small)).rejects.toThrowError(code('SIMULATION_FAILED'))
    await expect(simulator.run(plan, [], small)).rejects.toThrowError(code('SIMULATION_FAILED'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('takes the bundled worker where there is one, else the source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-simulator-'))
  try {
    const base = pathToFileURL(join(folder, 'core.mjs')).href
    expect(workerFile(base).pathname.endsWith('/simulate-worker.ts')).toBe(true)
    writeFileSync(join(folder, 'simulate-worker.cjs'), '')
    expect(workerFile(base).pathname.endsWith('/simulate-worker.cjs')).toBe(true)
    writeFileSync(join(folder, 'simulate-worker.mjs'), '')
    expect(workerFile(base).pathname.endsWith('/simulate-worker.mjs')).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
