import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * A model and the core in one file, as the core ships, to run alone in a process whose memory is measured: reading TypeScript
 * at run time takes a third of it. `model`: the name of a file of this folder without its ending. Returns the file's path.
 */
export async function bundled(model: string): Promise<string> {
  const root = join(import.meta.dirname, '../..')
  const outfile = join(root, 'node_modules', '.cache', 'headroom-bench', `${model}.mjs`)
  await build({
    ...{ absWorkingDir: root, entryPoints: [`test/bench/${model}.ts`], outfile, bundle: true },
    ...{ platform: 'node', format: 'esm', target: 'node22', logLevel: 'warning' },
    external: ['better-sqlite3', 'cpu-features', 'pg-native', '*.node'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url); const __dirname = import.meta.dirname;",
    },
  })
  return outfile
}
