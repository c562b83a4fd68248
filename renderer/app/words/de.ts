import charts from '../../charts/words.de.ts'
import help from '../../help/words.de.ts'
import addition from '../../places/now/addition/words.de.ts'
import alerts from '../../places/now/alerts/words.de.ts'
import doors from '../../places/now/doors/words.de.ts'
import now from '../../places/now/words.de.ts'
import availability from '../../places/plan/availability-words.de.ts'
import costs from '../../places/plan/costs/words.de.ts'
import drawing from '../../places/plan/drawing/words.de.ts'
import planGrowth from '../../places/plan/edit/growth/words.de.ts'
import planReference from '../../places/plan/edit/reference/words.de.ts'
import planScalers from '../../places/plan/edit/stage/scaler-words.de.ts'
import planEdit from '../../places/plan/edit/words.de.ts'
import planFiles from '../../places/plan/files/words.de.ts'
import reference from '../../places/plan/reference/words.de.ts'
import roadmap from '../../places/plan/roadmap/words.de.ts'
import topology from '../../places/plan/topology/words.de.ts'
import plan from '../../places/plan/words.de.ts'
import playbooks from '../../places/playbooks/words.de.ts'
import prices from '../../places/prices/words.de.ts'
import backfill from '../../places/servers/backfill/words.de.ts'
import forecast from '../../places/servers/forecast/words.de.ts'
import services from '../../places/servers/service-forms/words.de.ts'
import servers from '../../places/servers/words.de.ts'
import backups from '../../places/settings/backup/words.de.ts'
import diagnostics from '../../places/settings/diagnostics/words.de.ts'
import prometheus from '../../places/settings/prometheus/words.de.ts'
import transfer from '../../places/settings/transfer/words.de.ts'
import update from '../../places/settings/update/words.de.ts'
import settings from '../../places/settings/words.de.ts'
import whatIfAssume from '../../places/what-if/assume/words.de.ts'
import autoscaling from '../../places/what-if/autoscaling/words.de.ts'
import cheapest from '../../places/what-if/cheapest/words.de.ts'
import compare from '../../places/what-if/compare/words.de.ts'
import fits from '../../places/what-if/fits/words.de.ts'
import providers from '../../places/what-if/providers/words.de.ts'
import scenarios from '../../places/what-if/scenario-words.de.ts'
import whatIf from '../../places/what-if/words.de.ts'
import report from '../../report/words.de.ts'
import app from './app.de.ts'
import language from './language.de.ts'

/** German, loaded when it is spoken: the same namespaces, keys and plural forms as in `en`. */
export const de = {
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
}
