import type { Command } from '../../../../../shared/model/command.ts'
import type { WantedNode } from './node-wanted.ts'

/*
 * k3s moves SQLite to etcd when it starts with cluster-init, and gives the file of SQLite another name once all of it is
 * there. A k3s that is ended before that takes etcd for begun by its write-ahead log, and never reads SQLite again: the
 * cluster then is the part that was copied (k3s, pkg/etcd: IsInitialized, migrateFromSQLite).
 */
const FOLDER = '/var/lib/rancher/k3s/server/db'

/** Prints "part" where a move was broken off: etcd is there, and the file of SQLite still has its name. Else "whole". */
export const moveCommand = ({ host }: WantedNode): Command => ({
  argv: ['sh', '-c', `if [ -f ${FOLDER}/state.db ] && [ -d ${FOLDER}/etcd ]; then echo part; else echo whole; fi`],
  sudo: host.sudo,
  timeoutMs: 30_000,
})

/** Where a move was broken off: stops k3s and puts the part aside, so that the next start moves all of it. */
export const moveAgainCommand = ({ host }: WantedNode): Command => ({
  argv: [
    'sh',
    '-c',
    `set -e
[ -f ${FOLDER}/state.db ] && [ -d ${FOLDER}/etcd ] || exit 0
if command -v systemctl >/dev/null 2>&1; then systemctl stop k3s; else rc-service k3s stop >/dev/null; fi
mv ${FOLDER}/etcd "${FOLDER}/etcd.part-$(date +%s)"`,
  ],
  sudo: host.sudo,
  timeoutMs: 180_000,
})
