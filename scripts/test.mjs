// npm test: sets up, then check, unit, lab and end-to-end tests. `npm run test:unit` and the like run one part.
// The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root, say, setUp, stop } from './bootstrap.mjs'
import { build } from './build.mjs'
import { runChecks } from './checks.mjs'
import { electronBinary } from './electron.mjs'
import { run } from './run.mjs'

const PARTS = ['check', 'unit', 'lab', 'e2e']

/** What the lab and the end-to-end tests start: a package and a program of it that shows it is there. */
const packages = {
  'openssh-server': ['/usr/sbin/sshd'],
  'openssh-client': ['/usr/bin/ssh'],
  postgresql: ['/usr/lib/postgresql', '/usr/bin/psql'],
  pgcopydb: ['/usr/bin/pgcopydb'],
  gunicorn: ['/usr/bin/gunicorn'],
  'redis-server': ['/usr/bin/redis-server'],
  pgbouncer: ['/usr/sbin/pgbouncer'],
  'apache2-utils': ['/usr/bin/ab'],
  'hcloud-cli': ['/usr/bin/hcloud'],
  rclone: ['/usr/bin/rclone'],
  'kubernetes-client': ['/usr/bin/kubectl'],
  openssl: ['/usr/bin/openssl'],
  curl: ['/usr/bin/curl'],
  strace: ['/usr/bin/strace'],
  iptables: ['/usr/sbin/iptables'],
  sqlite3: ['/usr/bin/sqlite3'],
  'docker.io': ['/usr/bin/docker', '/usr/sbin/dockerd'],
  'docker-registry': ['/usr/bin/docker-registry'],
  'docker-compose': ['/usr/bin/docker-compose'],
  chromium: ['/usr/bin/chromium'],
  xvfb: ['/usr/bin/Xvfb'],
  xauth: ['/usr/bin/xauth'],
  prometheus: ['/usr/bin/prometheus', '/usr/bin/promtool'],
  'prometheus-node-exporter': ['/usr/bin/prometheus-node-exporter'],
  sysstat: ['/usr/bin/iostat'],
  'busybox-static': ['/bin/busybox'],
  // Read the files that are made of a stage, as they are read where those files end up.
  'nginx-light': ['/usr/sbin/nginx'],
  haproxy: ['/usr/sbin/haproxy'],
  'ansible-core': ['/usr/bin/ansible-inventory'],
  systemd: ['/usr/bin/systemd-analyze'],
  'libpam-oath': ['/usr/share/doc/libpam-oath'],
}

setUp(import.meta.url)
const asked = process.argv.slice(2).filter((word) => PARTS.includes(word))
const filters = process.argv.slice(2).filter((word) => !PARTS.includes(word))
const parts = asked.length > 0 ? asked : PARTS
if (parts.includes('lab') || parts.includes('e2e')) installPackages()
if (parts.includes('lab') || parts.includes('e2e')) await build()
if (parts.includes('e2e') && !electronBinary({ fetch: false }) && process.env.CI === undefined) electronBinary()

const count = { passed: 0, failed: 0, skipped: 0 }
/** What failed, told once more at the end: a log may be read from there. */
const failures = []
for (const part of parts) {
  process.stdout.write(`\n== ${part}\n`)
  const begun = performance.now()
  const result = part === 'check' ? await runChecks() : await runSuite(part)
  for (const key of Object.keys(count)) count[key] += result[key] ?? 0
  failures.push(...(result.failures ?? []).map((failure) => `${part}: ${failure}`))
  process.stdout.write(`\n-- ${part}: ${((performance.now() - begun) / 1000).toFixed(0)} s\n`)
}
if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n`)
process.stdout.write(
  `\n${count.skipped > 0 ? `${count.skipped} skipped\n` : ''}${count.passed} passed, ${count.failed} failed\n`,
)
process.exitCode = count.failed === 0 ? 0 : 1

async function runSuite(project) {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-test-'))
  const report = join(folder, 'report.json')
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await run(process.execPath, [vitest, 'run', `--project=${project}`, ...reporters, ...filters])
    if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0, failures: ['no report was written'] }
    const { numPassedTests, numFailedTests, numPendingTests, numTotalTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    // A file that cannot be loaded has no tests to fail, and an error outside any test fails the run alone.
    const brokenFiles = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    ).length
    const failed = numFailedTests + brokenFiles
    const none = numTotalTests === 0 && filters.length === 0
    return {
      passed: numPassedTests,
      failed: failed === 0 && (code !== 0 || none) ? 1 : failed,
      skipped: numPendingTests,
      failures: failuresIn(testResults),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A line for each test that failed, and for each file that could not be run: where it is, its name, what was said first. */
function failuresIn(testResults) {
  const first = (message) =>
    stripVTControlCharacters(message ?? '')
      .split('\n')
      .slice(0, 3)
      .map((line) => line.trim())
      .join(' ')
      .slice(0, 300)
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((one) => one.status === 'failed')
    if (failed.length === 0 && status === 'failed') return [`${file}: ${first(message)}`]
    return failed.map(({ fullName, failureMessages }) => `${file} > ${fullName}: ${first(failureMessages[0])}`)
  })
}

function installPackages() {
  const missing = Object.keys(packages).filter((name) => !packages[name].every((path) => existsSync(path)))
  if (missing.length === 0) return
  const debian = existsSync('/etc/debian_version')
  if (!debian || process.getuid?.() !== 0) {
    stop(
      `The tests need these Debian packages, which are not here: ${missing.join(', ')}. Install them (apt-get install ${missing.join(' ')}), or run npm test as root on Debian.`,
    )
  }
  say(`Installing Debian packages: ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
  const installed = apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', ...missing)
  if (!installed) stop('apt-get could not install them. Read the lines above, then try again.')
}
