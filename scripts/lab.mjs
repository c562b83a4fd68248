// npm run lab: keeps the tests' servers up for trying things by hand, and says what they hold.
import { root, setUp } from './bootstrap.mjs'
import { run } from './run.mjs'

setUp(import.meta.url)
process.exitCode = await run(process.execPath, ['test/lab/keep.ts'], { cwd: root })
