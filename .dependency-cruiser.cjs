/**
 * Imports go one way: renderer -> shared <- main; main/{electron,web,cli} -> main/core by its index; areas of the core
 * meet through each other's index. An import that cannot be resolved is an error, and
 * so is a folder that no rule knows (scripts/layers.mjs looks for those).
 */
const AREAS = '(workspace|hosts|metrics|fleet|plan|playbooks|rpc)'
const NOT_TESTS = '[.]test[.]tsx?$|^test/'
const only = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: NOT_TESTS, ...from },
  to,
})

module.exports = {
  forbidden: [
    { name: 'unknown-import', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only(
      'shared-is-pure',
      'shared knows no Node, no Electron and nothing above it; rules of billing are data that ships',
      { path: '^shared/' },
      {
        pathNot:
          '^shared/|^resources/catalogue/billing[.]json$|(^|/)node_modules/(zod|yaml|papaparse|@types/papaparse|@orpc/(client|contract|shared))/',
      },
    ),
    only(
      'renderer-knows-shared-only',
      'the renderer reaches the engine through the contract',
      { path: '^renderer/' },
      {
        path: '^(main|test|scripts)/|(^|/)node_modules/(electron|ssh2|pg|better-sqlite3|ws|pino|@orpc/server)/',
      },
    ),
    only(
      'renderer-without-node',
      'the renderer runs in a browser',
      { path: '^renderer/' },
      { dependencyTypes: ['core'] },
    ),
    only(
      'core-by-its-index',
      'the faces see the engine by its public index',
      { path: '^main/(electron|web|cli)/' },
      {
        path: '^main/core/',
        pathNot: '^main/core/index[.]ts$',
      },
    ),
    only(
      'engine-knows-no-face',
      'the engine runs without any of its faces',
      { path: '^main/(core|link)/' },
      {
        path: '^main/(electron|web|cli|launch)/|^renderer/|(^|/)node_modules/electron/',
      },
    ),
    only('link-is-below', 'links know only the contract', { path: '^main/link/' }, { path: '^main/(?!link/)' }),
    only(
      'launch-is-below',
      'launching knows links only',
      { path: '^main/launch/' },
      { path: '^main/(?!link/|launch/)' },
    ),
    only(
      'faces-apart',
      'the faces do not know each other',
      { path: '^main/(electron|web|cli)/' },
      {
        path: '^main/(electron|web|cli)/',
        pathNot: '^main/$1/',
      },
    ),
    only(
      'electron-in-its-face',
      'only the Electron face knows Electron',
      { pathNot: `^main/electron/|${NOT_TESTS}` },
      {
        path: '^electron$|(^|/)node_modules/electron/',
      },
    ),
    only(
      'area-by-its-index',
      'areas of the core meet through an index',
      { path: `^main/core/${AREAS}/` },
      {
        path: `^main/core/${AREAS}/`,
        pathNot: `^main/core/$1/|^main/core/${AREAS}/index[.]ts$`,
      },
    ),
    only(
      'core-root-by-index',
      'the root of the core uses areas by their index',
      { path: '^main/core/[^/]+[.]ts$' },
      {
        path: `^main/core/${AREAS}/`,
        pathNot: `^main/core/${AREAS}/index[.]ts$`,
      },
    ),
    only(
      'hosts-and-workspace-below',
      'hosts and workspace know no area above them',
      { path: '^main/core/(hosts|workspace)/' },
      {
        path: '^main/core/(metrics|fleet|plan|playbooks|rpc)/|^main/core/(index|process)[.]ts$',
      },
    ),
    only(
      'rpc-on-top',
      'nothing below the contract knows its implementation',
      { path: `^main/core/(workspace|hosts|metrics|fleet|plan|playbooks)/` },
      {
        path: '^main/core/(rpc/|index[.]ts$|process[.]ts$)',
      },
    ),
    only(
      'product-knows-no-tests',
      'tests stay out of the product',
      { path: '^(main|renderer|shared)/' },
      {
        path: '^test/|[.]test[.]tsx?$',
      },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
