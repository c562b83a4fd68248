// A thread of `npm run fuzz`: one reader, its inputs, and before each a note of it for whoever watches.
import { parentPort, workerData } from 'node:worker_threads'
import { coverageGuide } from './coverage.ts'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets/index.ts'

const { name, seed, endsAt, inputs, shared } = workerData as {
  name: string
  seed: number
  endsAt: number
  inputs: number
  shared: SharedArrayBuffer
}
const target = TARGETS.find((one) => one.name === name)
if (!target) throw new Error(`There is no "${name}".`)
const clock = new Int32Array(shared, 0, 2)
const note = new Uint8Array(shared, 8)
let [begun, slowest, ran] = [0, 0, 0]
const guide = coverageGuide()
const { crashes, corpus } = await fuzz(target, {
  seed,
  inputs,
  guide,
  isOver: () => Date.now() > endsAt,
  onInput(input, count) {
    const now = performance.now()
    if (count > 0) slowest = Math.max(slowest, now - begun)
    begun = now
    ran = count + 1
    Atomics.store(clock, 1, new TextEncoder().encodeInto(input, note).written)
    Atomics.store(clock, 0, count + 1)
  },
})
guide.close()
await target.close?.()
parentPort?.postMessage({ crashes, corpus, ran, slowest })
