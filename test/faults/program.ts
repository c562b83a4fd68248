import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** The program as it ships, bundled for this run alone: its folder has dist/main and resources. */
export interface Program {
  core: string
  web: string
  resources: string
  remove(): void
}

export async function bundleProgram(): Promise<Program> {
  const root = join(import.meta.dirname, '../..')
  // Below node_modules, where the bundles find what is not bundled.
  const folder = join(root, 'node_modules', '.cache', 'headroom-faults', `${process.pid}`)
  const main = join(folder, 'dist', 'main')
  await build({
    ...{ absWorkingDir: root, outdir: main, bundle: true, outExtension: { '.js': '.mjs' } },
    ...{ platform: 'node', format: 'esm', target: 'node22', logLevel: 'warning' },
    external: ['better-sqlite3', 'cpu-features', 'pg-native', '*.node'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url); const __dirname = import.meta.dirname;",
    },
    entryPoints: {
      core: 'main/core/process.ts',
      web: 'main/web/index.ts',
      'backup-worker': 'main/core/workspace/backup-worker.ts',
      'forecast-worker': 'main/core/plan/forecast-worker.ts',
    },
  })
  const resources = join(folder, 'resources')
  symlinkSync(join(root, 'resources'), resources)
  return {
    core: join(main, 'core.mjs'),
    web: join(main, 'web.mjs'),
    resources,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
