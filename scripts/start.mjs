// npm start: sets up, builds what is stale and opens the app; in the browser where no window can be had.
import { join } from 'node:path'
import { root, say, setUp } from './bootstrap.mjs'
import { build } from './build.mjs'
import { electronBinary, hasDisplay, sandboxSwitches } from './electron.mjs'
import { run } from './run.mjs'

setUp(import.meta.url)
const args = process.argv.slice(2)
const web = args.includes('--web')
const rest = args.filter((word) => word !== '--web')
await build()

const binary = web ? null : windowBinary()
if (binary) {
  const switches = sandboxSwitches()
  if (switches.length > 0) say("You are root: Chromium's sandbox is off. Run Headroom as a normal user to have it on.")
  const env = { ...process.env }
  delete env.ELECTRON_RUN_AS_NODE
  process.exitCode = await run(binary, [...switches, root, ...rest], { env })
} else {
  process.exitCode = await run(process.execPath, [join(root, 'dist', 'main', 'web.mjs'), ...rest])
}

function windowBinary() {
  if (!hasDisplay()) {
    say('There is no display here, so Headroom is served to the browser.')
    return null
  }
  const found = electronBinary()
  if (!found) say('No Electron binary can be had here, so Headroom is served to the browser.')
  return found
}
