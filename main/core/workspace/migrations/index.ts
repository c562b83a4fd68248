import { settings } from './app/0001-settings.ts'
import { hosts } from './app/0002-hosts.ts'
import { plan } from './app/0003-plan.ts'
import { playbooks } from './app/0004-playbooks.ts'
import { scenarios } from './app/0005-scenarios.ts'
import { planHistory } from './app/0006-plan-history.ts'
import { forecasts } from './app/0007-forecasts.ts'
import { sshConfigHosts } from './app/0008-ssh-config-hosts.ts'
import { prices } from './app/0009-prices.ts'
import { services } from './app/0010-services.ts'
import { alerts } from './app/0011-alerts.ts'
import { hostMarks } from './app/0012-host-marks.ts'
import { playbookUndo } from './app/0013-playbook-undo.ts'
import { playbookRehearsal } from './app/0014-playbook-rehearsal.ts'
import { sampleHosts } from './app/0015-sample-hosts.ts'
import { series } from './metrics/0001-series.ts'
import { packed } from './metrics/0002-packed.ts'
import { closed } from './metrics/0003-closed.ts'
import type { Migration } from './migration.ts'

export type { Migration } from './migration.ts'

/** The steps of app.db, in order. Each area adds its own line and a test with data beside its file. */
export const appMigrations: readonly Migration[] = [
  settings,
  hosts,
  plan,
  playbooks,
  scenarios,
  planHistory,
  forecasts,
  sshConfigHosts,
  prices,
  services,
  alerts,
  hostMarks,
  playbookUndo,
  playbookRehearsal,
  sampleHosts,
]

/** The steps of metrics.db, in order. */
export const metricsMigrations: readonly Migration[] = [series, packed, closed]
