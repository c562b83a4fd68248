// What servers print: the probe, sysstat, Kubernetes, the state of files and nodes, and the streams they come in.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EndMark } from '../../../main/core/hosts/end-mark.ts'
import { StartLine } from '../../../main/core/hosts/start-line.ts'
import { parseState } from '../../../main/core/playbooks/steps/files/state.ts'
import { readNodeState } from '../../../main/core/playbooks/steps/kubernetes/node-state.ts'
import { compareK3s, parseK3sVersion } from '../../../main/core/playbooks/steps/kubernetes/version.ts'
import { METRICS } from '../../../shared/metrics/catalogue.ts'
import { deriveSamples, remember } from '../../../shared/metrics/derive.ts'
import { kubernetesSamples } from '../../../shared/metrics/kubernetes.ts'
import { BROKEN_KEPT, parseProbe } from '../../../shared/metrics/probe-output.ts'
import { readArchive } from '../../../shared/metrics/sysstat.ts'
import { type FuzzTarget, holds } from '../target.ts'

const probes = join(import.meta.dirname, '..', '..', 'fixtures', 'probes')
const captured = ['debian-12-1', 'debian-12-2', 'busybox-1.35-1'].map((name) =>
  readFileSync(join(probes, `${name}.txt`), 'utf8'),
)
const finite = (samples: readonly { metric: string; value: number }[]): void => {
  for (const { metric, value } of samples) holds(Number.isFinite(value), `${metric} is ${value}`)
}

const probe: FuzzTarget = {
  name: 'probe output',
  seeds: captured,
  words: [
    'headroom_probe 2\n',
    'probe_end{milliseconds="1"} 1\n',
    'load1 1\n',
    'disk_kib{mount="/"} 5\n',
    '{a="b",a="c"} 1\n',
  ],
  reads(text) {
    const output = parseProbe(text)
    holds(output.broken.length <= BROKEN_KEPT, `${output.broken.length} broken lines are kept`)
    const context = { at: 1_800_000_000_000, services: [] }
    const first = remember(null, parseProbe(captured[0] ?? ''))
    const samples = [...deriveSamples(null, output, context), ...deriveSamples(first, output, context)]
    finite(samples)
    for (const { metric, labels } of samples) {
      const facts = METRICS[metric]
      if (facts) holds(Object.keys(labels).sort().join() === [...facts.labels].sort().join(), `labels of ${metric}`)
    }
  },
}

const archive = JSON.stringify({
  sysstat: {
    hosts: [
      {
        nodename: 'web',
        timezone: 'UTC',
        statistics: [
          {
            timestamp: { date: '2026-11-20', time: '00:10:01', utc: 1, interval: 600 },
            'cpu-load': [{ cpu: 'all', user: 3.1, nice: 0, system: 1.2, iowait: 0.1, steal: 0, idle: 95.6 }],
            memory: { memfree: 100_000, avail: 200_000, memused: 300_000, 'memused-percent': 60 },
            queue: { 'runq-sz': 1, 'ldavg-1': 0.2, 'ldavg-5': 0.1 },
            network: { 'net-dev': [{ iface: 'eth0', rxpck: 1, txpck: 1, rxkB: 2.5, txkB: 1.5 }] },
            disk: [{ 'disk-device': 'sda', tps: 1, 'rkB/s': 3, 'wkB/s': 4, 'util-percent': 2 }],
          },
        ],
      },
    ],
  },
})

const nodes = JSON.stringify({
  items: [
    {
      metadata: { name: 'a', labels: {} },
      status: { allocatable: { cpu: '4', memory: '8Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ],
})

export const serverTargets: FuzzTarget[] = [
  probe,
  {
    name: 'sysstat archive',
    seeds: [archive],
    refusesWith: ['SyntaxError', 'ZodError'],
    words: ['"date":"2026-02-30"', '"interval":0', '"statistics":[]', '"utc":1', '"cpu":"all"'],
    reads(text) {
      for (const series of readArchive(text).series)
        finite(series.value.map((value) => ({ metric: series.metric, value })))
    },
  },
  {
    name: 'Kubernetes objects',
    seeds: [nodes],
    refusesWith: ['SyntaxError', 'ZodError', 'RangeError'],
    words: ['"items":null', '"metadata":null', '"100m"', '"8Gi"', '"status":"True"'],
    reads: (text) => finite(kubernetesSamples(text, text)),
  },
  {
    name: 'state of a file',
    seeds: [
      'kind file\nreal /etc/a\nparent yes\nenter yes\nme 0\nstat 644 0 0 root root 3 1\nsha256 abc\ncontent\nYWJj\n',
    ],
    words: ['kind ', 'content\n', 'stat 644', 'sha256 x\n'],
    reads(text) {
      const state = parseState(text)
      if (state?.kind === 'file' && state.content !== null)
        holds(state.content.length === state.size, 'a content of another length than stated')
    },
  },
  {
    name: 'state of a k3s node',
    seeds: [
      'me 0\narch x86_64\nname a\nmemory 4096\nversion v1.31.4+k3s1\nunit-server yes\nflags-server --tls-san x\nconfig YQ==\n',
    ],
    words: ['version ', 'unit-agent yes\n', 'taken 6443 "k3s"\n', 'config '],
    reads: (text) => void readNodeState(text),
  },
  {
    name: 'version of k3s',
    seeds: ['v1.31.4+k3s1', 'v1.30.0-rc1+k3s2'],
    words: ['v1.', '+k3s', '-rc'],
    reads(text) {
      const version = parseK3sVersion(text)
      if (version) holds(compareK3s(version, version) === 0, 'a version is not itself')
    },
  },
  {
    name: 'stream of a command',
    seeds: ['motd\nTOKEN 4711\nout\nMARKED-END', 'TOKEN '],
    words: ['TOKEN ', 'TOKEN 1\n', 'MARKED-END', 'MARKED'],
    reads(text) {
      const whole = Buffer.from(text)
      const [start, end] = [new StartLine('TOKEN'), new EndMark('MARKED-END')]
      const pieces: Buffer[] = []
      for (let at = 0; at < whole.length; at += 3) pieces.push(end.take(start.take(whole.subarray(at, at + 3))))
      pieces.push(end.take(start.rest()), end.rest())
      const inOne = new StartLine('TOKEN')
      const rest = Buffer.concat([inOne.take(whole), inOne.rest()])
      holds(inOne.processId === start.processId || Number.isNaN(inOne.processId), 'pieces give another process')
      if (!rest.includes('MARKED-END')) holds(Buffer.concat(pieces).equals(rest), 'bytes were lost between pieces')
    },
  },
]
