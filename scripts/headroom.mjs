// npm run headroom -- ...: the command line from source. Nothing but the command's own output goes to stdout.
import { join } from 'node:path'
import { root, setUp } from './bootstrap.mjs'
import { build } from './build.mjs'
import { run } from './run.mjs'

setUp(import.meta.url)
await build(['main'])
process.exitCode = await run(process.execPath, [join(root, 'dist', 'main', 'cli.mjs'), ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
})
