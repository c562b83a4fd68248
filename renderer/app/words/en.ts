import charts from '../../charts/words.ts'
import now from '../../places/now/words.ts'
import plan from '../../places/plan/words.ts'
import playbooks from '../../places/playbooks/words.ts'
import prices from '../../places/prices/words.ts'
import forecast from '../../places/servers/forecast/words.ts'
import servers from '../../places/servers/words.ts'
import settings from '../../places/settings/words.ts'
import whatIf from '../../places/what-if/words.ts'
import app from './app.ts'

/** Every word on the screen, one namespace a place. */
export const en = { app, charts, now, servers, plan, 'what-if': whatIf, playbooks, prices, settings, forecast } as const
