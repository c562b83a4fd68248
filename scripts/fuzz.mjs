// npm run fuzz [-- NAME...] [--inputs N] [--seconds N] [--seed N]: feeds every reader of foreign text inputs that nobody wrote, guided
// by the code they reach. What is found is written to test/fuzz/found and named; test/fuzz/README.md tells the rest.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { root, setUp, stop } from './bootstrap.mjs'

setUp(import.meta.url)
const words = process.argv.slice(2)
const option = (name, usual) => {
  const at = words.indexOf(`--${name}`)
  if (at < 0) return usual
  const value = Number(words.splice(at, 2)[1])
  return Number.isSafeInteger(value) && value >= 0 ? value : stop(`--${name} takes a whole number.`)
}
const inputs = option('inputs', 20_000)
/** The longest one reader is fed, whatever the number of inputs. */
const seconds = option('seconds', 120)
const seed = option('seed', Math.floor(Math.random() * 2 ** 31))
/** An input that takes longer than this is a fault: somebody else chooses it, and the engine waits for it. */
const HANGS_AFTER_MS = 10_000

const folder = join(root, 'test', 'fuzz')
const { TARGETS } = await import(pathToFileURL(join(folder, 'targets', 'index.ts')).href)
const names = TARGETS.map(({ name }) => name)
for (const name of words) if (!names.includes(name)) stop(`There is no "${name}". There are: ${names.join(', ')}.`)

process.stdout.write(`seed ${seed}, ${inputs} inputs each, at most ${seconds} s\n`)
let failed = 0
for (const name of words.length > 0 ? words : names) {
  const { crashes, corpus, ran, slowest } = await fuzzed(name)
  process.stdout.write(
    `${crashes.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${ran} inputs, ${corpus} kept, slowest ${slowest.toFixed(0)} ms\n`,
  )
  for (const { input, fault } of crashes) {
    failed += 1
    mkdirSync(join(folder, 'found'), { recursive: true })
    const file = join(folder, 'found', `${name.replace(/[^A-Za-z0-9]+/g, '-')}-${failed}.json`)
    writeFileSync(file, `${JSON.stringify({ target: name, input, fault }, null, 2)}\n`)
    process.stdout.write(`     ${fault.split('\n')[0]}\n     ${file}\n`)
  }
}
process.exitCode = failed === 0 ? 0 : 1

/** One reader in a thread of its own, so that an input that never ends is found as well. */
function fuzzed(name) {
  return new Promise((done, fail) => {
    const shared = new SharedArrayBuffer(4 * 1024 * 1024)
    const worker = new Worker(join(folder, 'worker.ts'), {
      workerData: { name, seed, inputs, shared, endsAt: Date.now() + seconds * 1000 },
    })
    const clock = new Int32Array(shared, 0, 2)
    let [seen, since] = [-1, performance.now()]
    const watch = setInterval(() => {
      const count = Atomics.load(clock, 0)
      if (count !== seen) [seen, since] = [count, performance.now()]
      else if (count > 0 && performance.now() - since > HANGS_AFTER_MS) {
        clearInterval(watch)
        const input = Buffer.from(new Uint8Array(shared, 8, Atomics.load(clock, 1)).slice()).toString()
        void worker.terminate()
        done({
          crashes: [{ input, fault: `it does not end within ${HANGS_AFTER_MS} ms` }],
          corpus: 0,
          ran: count,
          slowest: HANGS_AFTER_MS,
        })
      }
    }, 500)
    worker.once('message', (result) => {
      clearInterval(watch)
      done(result)
    })
    worker.once('error', (error) => {
      clearInterval(watch)
      fail(error)
    })
  })
}
