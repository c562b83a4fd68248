import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app, type MessagePortMain, utilityProcess } from 'electron'
import { CORE_ENVIRONMENT, CORE_FLAGS, type CoreChild, forkCore } from '../launch/index.ts'
import type { FromCore } from '../link/index.ts'

/** better-sqlite3 needs the Node-API of Node 22; an Electron with an older Node cannot be the core's host. */
const OLDEST_OWN_NODE = 22

/**
 * The Node to fork the core on, or null to run it as a utility process of this Electron. A packaged app whose own Node can
 * hold the core starts no program that the environment names: its fuses shut that way in, and this would open it again.
 */
export function nodeForCore(root: string): string | null {
  const asked = process.env.HEADROOM_CORE_NODE
  const own = Number(process.versions.node.split('.')[0]) >= OLDEST_OWN_NODE
  if (own && (app.isPackaged || !asked)) return null
  if (asked) return asked
  const windows = process.platform === 'win32'
  const folder = `node-${windows ? 'win' : process.platform}-${process.arch}`
  const pinned = join(root, 'node_modules', folder, 'bin', windows ? 'node.exe' : 'node')
  return existsSync(pinned) ? pinned : 'node'
}

/** Where a program that is not Electron finds the app's files: it cannot read inside the archive. */
export function filesFor(node: string | null, root: string): string {
  return node === null ? root : root.replace(/app\.asar$/, 'app.asar.unpacked')
}

/** Starts the core; what is compiled of it lies in the user's own folder of this app, for its next start. */
export function launchCore(node: string | null, entry: string): CoreChild {
  const compiled = join(app.getPath('userData'), 'engine-compiled')
  return node === null ? utilityCore(entry, compiled) : forkCore({ node, entry, env: process.env, compiled })
}

function utilityCore(entry: string, compiled: string): CoreChild {
  const child = utilityProcess.fork(entry, [compiled], {
    serviceName: 'Headroom engine',
    stdio: 'inherit',
    execArgv: [...CORE_FLAGS],
    env: { ...CORE_ENVIRONMENT, ...process.env },
  })
  let ended: string | null = null
  child.once('exit', (code) => {
    ended = `exit code ${code}`
  })
  return {
    get pid() {
      return child.pid
    },
    post: (message, port) => child.postMessage(message, port ? [port as MessagePortMain] : []),
    onMessage: (listener) => {
      child.on('message', (message) => listener(message as FromCore))
    },
    onExit: (listener) => {
      if (ended !== null) listener(ended)
      else child.once('exit', (code) => listener(`exit code ${code}`))
    },
    kill: () => {
      child.kill()
    },
  }
}
