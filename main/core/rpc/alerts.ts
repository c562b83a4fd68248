import { type CoreContext, os } from './base.ts'

/** Names of the playbooks there are; a folder of them that cannot be read leaves alerts without playbooks. */
function playbookNames({ playbooks, environment }: CoreContext): ReadonlyMap<string, string> {
  try {
    return playbooks.names()
  } catch (error) {
    environment.log.warn({ err: error }, 'alerts are shown without playbooks')
    return new Map()
  }
}

export const alertsRouter = os.alerts.router({
  list: os.alerts.list.handler(({ context }) => context.alerts.list(playbookNames(context))),
  past: os.alerts.past.handler(({ context, input }) =>
    context.alerts.past(input.before, input.most, playbookNames(context)),
  ),
  rules: os.alerts.rules.handler(({ context }) => context.alerts.rules()),
  saveRule: os.alerts.saveRule.handler(({ context, input: { ruleId, ...body } }) => ({
    ruleId: context.alerts.saveRule(ruleId, body),
  })),
  removeRule: os.alerts.removeRule.handler(({ context, input }) => {
    context.alerts.removeRule(input.ruleId)
    return {}
  }),
  restoreRule: os.alerts.restoreRule.handler(({ context, input }) => {
    context.alerts.restoreRule(input.ruleId)
    return {}
  }),
  mute: os.alerts.mute.handler(({ context, input }) => {
    context.alerts.mute(input.ruleId, input.until)
    return {}
  }),
  acknowledge: os.alerts.acknowledge.handler(({ context, input }) => {
    context.alerts.acknowledge(input.ids, input.acknowledged)
    return {}
  }),
  snooze: os.alerts.snooze.handler(({ context, input }) => {
    context.alerts.snooze(input.ids, input.until)
    return {}
  }),
  rehearse: os.alerts.rehearse.handler(({ context, input }) =>
    context.alerts.rehearse(input.test, input.days, input.points),
  ),
  choices: os.alerts.choices.handler(({ context }) => context.alerts.choices()),
  settings: os.alerts.settings.handler(({ context }) => context.alerts.settings()),
  saveSettings: os.alerts.saveSettings.handler(async ({ context, input }) => {
    await context.alerts.saveSettings(input.settings, input.secrets)
    return {}
  }),
  test: os.alerts.test.handler(({ context, input }) => context.alerts.test(input.webhook)),
  deliveries: os.alerts.deliveries.handler(({ context }) => context.alerts.deliveries()),
})
