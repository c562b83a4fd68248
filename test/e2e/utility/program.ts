import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { root } from '../surroundings.ts'

/** Bundles the small program into a folder, its window's side and its engine as CommonJS, and returns its main file. */
export async function bundleProgram(folder: string): Promise<string> {
  const common: BuildOptions = { absWorkingDir: root, bundle: true, outdir: folder, logLevel: 'warning' }
  const node: BuildOptions = { ...common, platform: 'node', format: 'cjs', target: 'node18', external: ['electron'] }
  mkdirSync(join(folder, 'renderer'), { recursive: true })
  writeFileSync(
    join(folder, 'renderer', 'index.html'),
    '<!doctype html><title>Utility</title><h1>Utility</h1><script type="module" src="./page.js"></script>',
  )
  await Promise.all([
    build({
      ...node,
      outExtension: { '.js': '.cjs' },
      entryPoints: {
        main: 'test/e2e/utility/main.ts',
        preload: 'main/electron/preload.ts',
        engine: 'test/e2e/utility/engine.ts',
      },
    }),
    build({
      ...common,
      platform: 'browser',
      format: 'esm',
      entryPoints: { 'renderer/page': 'test/e2e/utility/page.ts' },
    }),
  ])
  return join(folder, 'main.cjs')
}
