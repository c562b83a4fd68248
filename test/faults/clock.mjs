// Read by Node before the program under test: its clock is as far from the computer's as the file says, and SIGUSR2 reads
// the file anew. The program itself is as it ships.
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.HEADROOM_FAULTS_CLOCK ?? ''
const real = Date.now
let shift = 0
const read = () => {
  try {
    shift = Number(readFileSync(file, 'utf8'))
  } catch {}
}
read()
Date.now = () => real() + shift
if (isMainThread) process.on('SIGUSR2', read)
