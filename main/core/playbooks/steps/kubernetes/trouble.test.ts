import { expect, test } from 'vitest'
import { causeIn, lastError } from './trouble.ts'

const about = { host: 'web2', server: 'web1' }
test.each([
  ['level=fatal msg="token CA hash does not match the Cluster CA certificate hash: aa != bb"', 'K3S_TOKEN_REFUSED'],
  [
    'level=error msg="failed to validate token: https://10.0.0.1:6443/v1-k3s/config: 401 Unauthorized"',
    'K3S_TOKEN_REFUSED',
  ],
  [
    `level=error msg="Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password'"`,
    'NODE_NAME_TAKEN',
  ],
  ['x509: certificate has expired or is not yet valid: current time 2026-01-01 is before 2026-02-01', 'CLOCK_SKEW'],
  ['level=fatal msg="listen tcp :6443: bind: address already in use"', 'PORT_IN_USE'],
  ['level=fatal msg="failed to find memory cgroup (v2)"', 'MEMORY_CGROUP_MISSING'],
  ['write /var/lib/rancher/k3s/x: no space left on device', 'DISK_FULL'],
  [
    'level=error msg="failed to get CA certs: Get \\"https://10.0.0.1:6443/cacerts\\": dial tcp 10.0.0.1:6443: connect: connection refused"',
    'K3S_SERVER_UNREACHABLE',
  ],
])('%s', (line, code) => {
  const found = causeIn(['level=info msg=Starting', line, 'level=info msg="waiting"'], about)
  expect(found).toMatchObject({ code, fact: expect.stringContaining('web2'), fix: expect.stringMatching(/\S/) })
})

test('a log that tells nothing known leads to no cause; its last error is told without time and level', () => {
  const log = ['time="x" level=info msg="Running"', 'time="x" level=fatal msg="starting: \\"odd\\" thing."']
  expect(causeIn(log, about)).toBeNull()
  expect(lastError(log)).toBe('starting: "odd" thing')
})
