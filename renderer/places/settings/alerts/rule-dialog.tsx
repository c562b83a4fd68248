import { Button, Modal, MultiSelect, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COMPARISON_CHOICES } from '../../../../shared/format/comparison.ts'
import { type AlertRule, type AlertRuleBody, SeveritySchema } from '../../../../shared/model/alert.ts'
import { ComparisonSchema } from '../../../../shared/model/condition.ts'
import { unitOfMetric } from '../../../../shared/planning/metric-words.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice, QueryView } from '../../../ui/index.ts'
import { AlsoFields, alsoDrafts, alsoIsWhole, alsoParts } from './also-fields.tsx'
import { type AlertRuleUnit, type Choice, metricOptions } from './choices.ts'
import { LabelFields } from './label-fields.tsx'
import { fromTyped, toTyped, typedUnit } from './quantity-field.ts'
import { RehearsalView } from './rehearsal.tsx'
import styles from './rules.module.css'
import { parseSpan, spanText } from './span.ts'

/** Adds a rule, or edits one; a plan's rule only where it is not the plan's word. */
export function RuleDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const { t } = useTranslation('alerts')
  const { t: app } = useTranslation()
  const utils = useQueryUtils()
  // What is measured for the first time while this is open can be chosen, too.
  const choices = useQuery({ ...utils.alerts.choices.queryOptions(), refetchInterval: 5_000 })
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={rule === null ? t('form.add') : t('form.edit', { name: rule.name })}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': app('close') }}
    >
      <QueryView query={choices}>{(all) => <RuleForm rule={rule} choices={all} onClose={onClose} />}</QueryView>
    </Modal>
  )
}

const draftOf = (rule: AlertRule | null, unitOf: (metric: string | null) => AlertRuleUnit) => {
  const unit = unitOf(rule?.test.metric ?? null)
  return {
    name: rule?.name ?? '',
    metric: rule?.test.metric ?? null,
    labels: rule?.test.labels ?? {},
    hostIds: rule?.test.hostIds ?? [],
    op: rule?.test.op ?? ('>' as const),
    threshold: (rule ? toTyped(rule.test.threshold, unit) : '') as number | string,
    clear: (rule?.test.clear == null ? '' : toTyped(rule.test.clear, unit)) as number | string,
    for: spanText(rule?.test.forMs ?? 300_000),
    clearFor: spanText(rule?.test.clearForMs ?? 0),
    unknownAfter: spanText(rule?.test.unknownAfterMs ?? 300_000),
    severity: rule?.voice.severity ?? ('warning' as const),
    action: rule?.voice.action ?? '',
    playbook: rule?.voice.playbook ?? null,
    coolDown: spanText(rule?.voice.coolDownMs ?? 600_000),
    repeat: spanText(rule?.voice.repeatMs ?? 0),
    notifyUnknown: rule?.voice.notifyUnknown ?? false,
    enabled: rule?.voice.enabled ?? true,
    also: alsoDrafts(rule?.test.also ?? [], unitOf),
  }
}

function RuleForm({
  rule,
  choices,
  onClose,
}: {
  rule: AlertRule | null
  choices: readonly Choice[]
  onClose: () => void
}) {
  const { t } = useTranslation('alerts')
  const core = useCore()
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const playbooks = useQuery(utils.playbooks.list.queryOptions())
  const unitOf = (metric: string | null) =>
    choices.find((one) => one.metric === metric)?.unit ?? (metric === null ? 'count' : unitOfMetric(metric))
  const [draft, setDraft] = useState(() => draftOf(rule, unitOf))
  const [shown, setShown] = useState(false)
  const unit = unitOf(draft.metric)
  const set = <K extends keyof typeof draft>(key: K, value: (typeof draft)[K]) =>
    setDraft((old) => ({ ...old, [key]: value }))
  const isPlan = rule?.origin === 'plan'
  const spans = {
    for: parseSpan(draft.for),
    clearFor: parseSpan(draft.clearFor),
    unknownAfter: parseSpan(draft.unknownAfter),
    coolDown: parseSpan(draft.coolDown),
    repeat: parseSpan(draft.repeat),
  }
  const isNumber = (value: number | string) => value !== '' && Number.isFinite(Number(value))
  const testIsWhole =
    draft.metric !== null &&
    isNumber(draft.threshold) &&
    (isPlan || alsoIsWhole(draft.also)) &&
    (draft.clear === '' || isNumber(draft.clear)) &&
    spans.for !== null &&
    spans.clearFor !== null &&
    spans.unknownAfter !== null
  const isWhole = testIsWhole && draft.name.trim() !== '' && spans.coolDown !== null && spans.repeat !== null
  const test = (): AlertRuleBody['test'] => ({
    metric: draft.metric ?? '',
    labels: draft.labels,
    hostIds: draft.hostIds,
    op: draft.op,
    threshold: isPlan && rule ? rule.test.threshold : fromTyped(Number(draft.threshold), unit),
    clear: draft.clear === '' ? null : fromTyped(Number(draft.clear), unit),
    forMs: spans.for ?? 0,
    clearForMs: spans.clearFor ?? 0,
    unknownAfterMs: Math.max(30_000, spans.unknownAfter ?? 0),
    also: isPlan && rule ? rule.test.also : alsoParts(draft.also, unitOf),
  })
  const save = useMutation({
    mutationFn: () =>
      core.alerts.saveRule({
        ...(rule ? { ruleId: rule.id } : {}),
        name: draft.name.trim(),
        test: test(),
        voice: {
          severity: draft.severity,
          action: draft.action.trim(),
          playbook: draft.playbook,
          coolDownMs: spans.coolDown ?? 0,
          repeatMs: spans.repeat ?? 0,
          notifyUnknown: draft.notifyUnknown,
          enabled: draft.enabled,
        },
      }),
    onSuccess: () => {
      notifications.show({ message: t('form.saved', { name: draft.name.trim() }) })
      onClose()
    },
  })
  const rehearse = useMutation({ mutationFn: () => core.alerts.rehearse({ test: test(), days: 7, points: 600 }) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setShown(true)
    if (isWhole) save.mutate()
  }
  const spanField = (key: keyof typeof spans, label: string, help?: string, disabled = false) => (
    <TextInput
      label={label}
      description={help}
      value={draft[key]}
      disabled={disabled}
      error={spans[key] === null ? t('form.duration') : undefined}
      onChange={(event) => set(key, event.currentTarget.value)}
    />
  )
  const unitWord = t(`form.units.${typedUnit(unit)}`)
  return (
    <form onSubmit={submit} noValidate className={styles.form}>
      {isPlan && <p className={styles.soft}>{t('form.fromPlan')}</p>}
      <div className={styles.fields}>
        <TextInput
          label={t('form.name')}
          value={draft.name}
          disabled={isPlan}
          data-autofocus={!isPlan || undefined}
          error={shown && draft.name.trim() === '' ? t('form.nameMissing') : undefined}
          onChange={(event) => set('name', event.currentTarget.value)}
        />
        <Select
          label={t('form.metric')}
          searchable
          disabled={isPlan}
          value={draft.metric}
          data={metricOptions(choices, draft.metric)}
          error={shown && draft.metric === null ? t('form.metricMissing') : undefined}
          onChange={(metric) => setDraft((old) => ({ ...old, metric, labels: {} }))}
        />
        {!isPlan && (
          <LabelFields
            {...{ choices, metric: draft.metric, labels: draft.labels }}
            onChange={(labels) => set('labels', labels)}
          />
        )}
        {!isPlan && (
          <MultiSelect
            label={t('form.hosts')}
            placeholder={draft.hostIds.length === 0 ? t('form.allHosts') : undefined}
            value={draft.hostIds}
            data={(hosts.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(ids) => set('hostIds', ids)}
          />
        )}
      </div>
      <div className={styles.fields}>
        <Select
          label={t('form.op')}
          disabled={isPlan}
          allowDeselect={false}
          value={draft.op}
          data={COMPARISON_CHOICES}
          onChange={(op) => op && set('op', ComparisonSchema.parse(op))}
        />
        <NumberInput
          label={unitWord === '' ? t('form.threshold') : t('form.thresholdIn', { unit: unitWord })}
          disabled={isPlan}
          hideControls
          value={draft.threshold}
          error={shown && !isNumber(draft.threshold) ? t('form.numberMissing') : undefined}
          onChange={(value) => set('threshold', value)}
        />
        {spanField('for', t('form.for'), undefined, isPlan)}
        <NumberInput
          label={t('form.clear')}
          description={t('form.clearHelp')}
          hideControls
          value={draft.clear}
          onChange={(value) => set('clear', value)}
        />
        {spanField('clearFor', t('form.clearFor'), t('form.clearForHelp'))}
        {spanField('unknownAfter', t('form.unknownAfter'), t('form.unknownHelp'))}
      </div>
      {isPlan ? (
        rule.test.also.length > 0 && <p className={styles.soft}>{t('form.whole', { condition: rule.condition })}</p>
      ) : (
        <AlsoFields
          drafts={draft.also}
          choices={choices}
          unitOf={unitOf}
          shown={shown}
          onChange={(also) => set('also', also)}
        />
      )}
      <div className={styles.fields}>
        <Select
          label={t('form.severity')}
          disabled={isPlan}
          allowDeselect={false}
          value={draft.severity}
          data={SeveritySchema.options.map((one) => ({ value: one, label: t(`severities.${one}`) }))}
          onChange={(value) => value && set('severity', SeveritySchema.parse(value))}
        />
        {!isPlan && (
          <>
            <TextInput
              label={t('form.action')}
              value={draft.action}
              onChange={(event) => set('action', event.currentTarget.value)}
            />
            <Select
              label={t('form.playbook')}
              clearable
              placeholder={t('form.noPlaybook')}
              value={draft.playbook}
              data={(playbooks.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(id) => set('playbook', id)}
            />
          </>
        )}
        {spanField('coolDown', t('form.coolDown'), t('form.coolDownHelp'))}
        {spanField('repeat', t('form.repeat'), t('form.repeatHelp'))}
      </div>
      <div className={styles.switches}>
        <Switch
          label={t('form.notifyUnknown')}
          checked={draft.notifyUnknown}
          onChange={(event) => set('notifyUnknown', event.currentTarget.checked)}
        />
        <Switch
          label={t('form.enabled')}
          checked={draft.enabled}
          onChange={(event) => set('enabled', event.currentTarget.checked)}
        />
      </div>
      {rehearse.isError && <ProblemNotice problem={problemFrom(rehearse.error)} />}
      {rehearse.data && <RehearsalView rehearsal={rehearse.data} threshold={test().threshold} clear={test().clear} />}
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
      <div className={styles.foot}>
        <Button
          variant="default"
          disabled={!testIsWhole}
          loading={rehearse.isPending}
          onClick={() => rehearse.mutate()}
        >
          {t('form.test')}
        </Button>
        <span className={styles.spread} />
        <Button variant="default" onClick={onClose}>
          {t('form.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('form.save')}
        </Button>
      </div>
    </form>
  )
}
