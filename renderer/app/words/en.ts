import charts from '../../charts/words.ts'
import help from '../../help/words.ts'
import addition from '../../places/now/addition/words.ts'
import alerts from '../../places/now/alerts/words.ts'
import doors from '../../places/now/doors/words.ts'
import now from '../../places/now/words.ts'
import availability from '../../places/plan/availability-words.ts'
import costs from '../../places/plan/costs/words.ts'
import drawing from '../../places/plan/drawing/words.ts'
import planGrowth from '../../places/plan/edit/growth/words.ts'
import planReference from '../../places/plan/edit/reference/words.ts'
import planScalers from '../../places/plan/edit/stage/scaler-words.ts'
import planEdit from '../../places/plan/edit/words.ts'
import planFiles from '../../places/plan/files/words.ts'
import reference from '../../places/plan/reference/words.ts'
import roadmap from '../../places/plan/roadmap/words.ts'
import topology from '../../places/plan/topology/words.ts'
import plan from '../../places/plan/words.ts'
import playbooks from '../../places/playbooks/words.ts'
import prices from '../../places/prices/words.ts'
import backfill from '../../places/servers/backfill/words.ts'
import forecast from '../../places/servers/forecast/words.ts'
import services from '../../places/servers/service-forms/words.ts'
import servers from '../../places/servers/words.ts'
import backups from '../../places/settings/backup/words.ts'
import diagnostics from '../../places/settings/diagnostics/words.ts'
import prometheus from '../../places/settings/prometheus/words.ts'
import transfer from '../../places/settings/transfer/words.ts'
import update from '../../places/settings/update/words.ts'
import settings from '../../places/settings/words.ts'
import whatIfAssume from '../../places/what-if/assume/words.ts'
import autoscaling from '../../places/what-if/autoscaling/words.ts'
import cheapest from '../../places/what-if/cheapest/words.ts'
import compare from '../../places/what-if/compare/words.ts'
import fits from '../../places/what-if/fits/words.ts'
import providers from '../../places/what-if/providers/words.ts'
import scenarios from '../../places/what-if/scenario-words.ts'
import whatIf from '../../places/what-if/words.ts'
import report from '../../report/words.ts'
import app from './app.ts'
import language from './language.ts'

/** Every word on the screen, one namespace a place. */
export const en = {
  app,
  language,
  help,
  charts,
  now,
  doors,
  addition,
  alerts,
  servers,
  services,
  backfill,
  plan,
  planEdit,
  planFiles,
  planGrowth,
  planReference,
  planScalers,
  costs,
  'what-if': whatIf,
  'what-if-assume': whatIfAssume,
  scenarios,
  compare,
  cheapest,
  autoscaling,
  fits,
  availability,
  playbooks,
  prices,
  providers,
  settings,
  backups,
  transfer,
  diagnostics,
  update,
  prometheus,
  forecast,
  reference,
  drawing,
  topology,
  roadmap,
  report,
} as const
