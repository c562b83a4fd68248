// Bundles what is stale into dist/: main (Electron main and preload, core, web host, CLI, workers) and renderer.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, say, setUp } from './bootstrap.mjs'

const dist = join(root, 'dist')
const common = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs']

const parts = {
  main: { inputs: ['main', 'shared', 'resources/playbooks', ...common], output: join(dist, 'main'), make: buildMain },
  renderer: {
    inputs: ['renderer', 'shared', 'vite.config.ts', ...common],
    output: join(dist, 'renderer'),
    make: buildRenderer,
  },
}

/** Builds the named parts that are stale. Each is made aside and moved into place, so a running app never sees half of one. */
export async function build(names = Object.keys(parts)) {
  for (const name of names) {
    const { inputs, output, make } = parts[name]
    const state = stateOf(inputs)
    const stamp = join(dist, `.${name}-inputs`)
    if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) continue
    say(`Building ${name}…`)
    const aside = join(dist, `.${name}-${process.pid}`)
    mkdirSync(aside, { recursive: true })
    try {
      await make(aside)
      rmSync(output, { recursive: true, force: true })
      renameSync(aside, output)
      writeFileSync(stamp, state)
    } finally {
      rmSync(aside, { recursive: true, force: true })
    }
  }
}

async function buildMain(folder) {
  const esbuild = await import('esbuild')
  const shared = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    sourcemap: 'linked',
    // A quarter less to read at every start; names stay, for stacks that can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    external: ['electron', 'better-sqlite3', 'cpu-features', 'pg-native', '*.node'],
  }
  // The window's side must run in Electron 25 (Node 18) too, whose main cannot be an ES module; a sandboxed preload never can.
  const shell = esbuild.build({
    ...shared,
    format: 'cjs',
    target: 'node18',
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    entryPoints: { electron: 'main/electron/index.ts', preload: 'main/electron/preload.ts' },
  })
  // CommonJS dependencies inside an ES module need what only CommonJS has: `require` and the folder's name.
  const banner = {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url); const __dirname = import.meta.dirname;",
  }
  const engine = esbuild.build({
    ...shared,
    format: 'esm',
    target: 'node22',
    banner,
    plugins: [plainHttp],
    inject: ['main/core/no-forms.ts'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    entryPoints: {
      core: 'main/core/start.ts',
      engine: 'main/core/process.ts',
      web: 'main/web/index.ts',
      cli: 'main/cli/index.ts',
      'simulate-worker': 'main/core/plan/simulate-worker.ts',
      'forecast-worker': 'main/core/plan/forecast-worker.ts',
      'report-worker': 'main/core/plan/report/worker.ts',
      'backup-worker': 'main/core/workspace/backup-worker.ts',
      'transfer-worker': 'main/core/workspace/transfer/transfer-worker.ts',
    },
  })
  await Promise.all([shell, engine, writeParsedPlaybooks(join(folder, 'playbooks.json'))])
  // The forecast worker reads the models' WebAssembly from beside itself.
  for (const name of ['ets', 'mstl'])
    copyFileSync(join(root, `node_modules/@bsull/augurs/${name}_bg.wasm`), join(folder, `${name}_bg.wasm`))
  // So does the one of reports with its type.
  for (const name of ['Regular', 'Medium', 'Italic', 'MediumItalic'])
    copyFileSync(join(root, `node_modules/pdfmake/fonts/Roboto/Roboto-${name}.ttf`), join(folder, `Roboto-${name}.ttf`))
}

/**
 * An ES module that imports node:http makes Node name all that it exports, among it the WebSocket, for which it reads its whole
 * fetch: thirty milliseconds of every start. Asked for as CommonJS does, it names nothing.
 */
const plainHttp = {
  name: 'plain-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'node:http', namespace: 'plain' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'plain' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

/** The shipped playbooks as they parse, beside the engine that would parse each of them at its every start. */
async function writeParsedPlaybooks(path) {
  const { parsePlaybook } = await import('../shared/playbook/parse.ts')
  const shipped = join(root, 'resources', 'playbooks')
  const names = readdirSync(shipped).filter((name) => name.endsWith('.yaml'))
  const all = names.map((name) => {
    const source = readFileSync(join(shipped, name), 'utf8')
    return { name, source, parsed: parsePlaybook(source, name) }
  })
  writeFileSync(path, JSON.stringify(all))
}

async function buildRenderer(folder) {
  const { build: viteBuild } = await import('vite')
  await viteBuild({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  })
}

/** One digest of every input's path, size and time of change. */
function stateOf(inputs) {
  const hash = createHash('sha256')
  for (const input of inputs) {
    for (const file of filesOf(join(root, input))) {
      const { size, mtimeMs } = statSync(file)
      hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

function filesOf(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setUp(import.meta.url)
  await build()
}
