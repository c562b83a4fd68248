import { ChevronRight } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COMPARISON_SIGNS } from '../../../shared/format/comparison.ts'
import { formatDuration, formatHeld } from '../../../shared/format/duration.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Judgement } from '../../../shared/model/verdict.ts'
import { seriesWords } from '../../../shared/planning/metric-words.ts'
import { locale } from '../../app/words/locale.ts'
import { ChoiceRow, Panel, Tag } from '../../ui/index.ts'
import { byUrgency, valueText } from './judgements.ts'
import { toneOf } from './limit-table.tsx'
import { chartLink, playbookLink } from './links.ts'
import styles from './now.module.css'

type Shown = 'important' | 'all'

interface Known {
  plan: Plan | null
  hosts: readonly Host[]
}

/** Every rule that was judged; each opens to the values behind it. */
export function Evidence({ judgements, ...known }: { judgements: readonly Judgement[] } & Known) {
  const { t } = useTranslation('now')
  const important = judgements.filter((one) => one.state === 'fired' || one.state === 'pending')
  // Chosen once: a list that changed with every rule that fires would go away under who reads it.
  const [shown, setShown] = useState<Shown>(important.length > 0 ? 'important' : 'all')
  const rules = byUrgency(shown === 'all' ? judgements : important)
  return (
    <Panel
      title={t('evidence.title')}
      aside={
        judgements.length > 0 && (
          <ChoiceRow<Shown>
            label={t('evidence.show')}
            value={shown}
            onChange={setShown}
            choices={[
              { value: 'important', label: t('evidence.important', { count: important.length }) },
              { value: 'all', label: t('evidence.all', { count: judgements.length }) },
            ]}
          />
        )
      }
    >
      {rules.length === 0 ? (
        <p className={styles.soft}>{judgements.length === 0 ? t('evidence.noRules') : t('evidence.none')}</p>
      ) : (
        <ul className={styles.rules}>
          {rules.map((judgement) => (
            <Rule key={`${judgement.origin} ${judgement.id}`} judgement={judgement} {...known} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Rule({ judgement, ...known }: { judgement: Judgement } & Known) {
  const { t } = useTranslation('now')
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <li>
      <button
        type="button"
        className={styles.rule}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen((before) => !before)}
      >
        <ChevronRight size={14} aria-hidden="true" className={styles.chevron} />
        <span className={styles.ruleText}>
          <b>{judgement.name}</b>
          <span className={styles.soft}>{judgement.why}</span>
        </span>
        <Tag tone={toneOf(judgement)}>{t(`evidence.states.${judgement.state}`)}</Tag>
      </button>
      {open && (
        <div id={id} className={styles.ruleBody}>
          <RuleFacts judgement={judgement} {...known} />
        </div>
      )}
    </li>
  )
}

function RuleFacts({ judgement, plan, hosts }: { judgement: Judgement } & Known) {
  const { t } = useTranslation('now')
  const { observed, threshold, unit, window, coverage, heldMs, sustainMs } = judgement
  const stage = plan?.stages.find((one) => one.id === judgement.toStage)
  const facts: [string, ReactNode][] = [[t(`evidence.origins.${judgement.origin}`), judgement.condition]]
  if (observed !== null) facts.push([t('evidence.observed'), valueText(observed, unit)])
  if (threshold !== null)
    facts.push([t('evidence.threshold'), `${COMPARISON_SIGNS[judgement.op ?? '>']} ${valueText(threshold, unit)}`])
  facts.push([
    t('evidence.held'),
    sustainMs === 0
      ? t('evidence.atOnce')
      : heldMs === null
        ? t('evidence.asked', { sustain: formatDuration(sustainMs) })
        : t('evidence.heldOf', { held: formatHeld(heldMs), sustain: formatDuration(sustainMs) }),
  ])
  if (window) facts.push([t('evidence.window'), span(window.from, window.to)])
  if (coverage !== null)
    facts.push([
      t('evidence.coverage'),
      t('evidence.coverageText', { coverage: formatQuantity(coverage, 'ratio', { digits: 0 }) }),
    ])
  if (judgement.series.length > 0)
    facts.push([
      t('evidence.series'),
      <ul key="series" className={styles.series}>
        {judgement.series.map((one) => {
          const words = seriesWords(one.metric, one.labels)
          return (
            <li key={`${one.hostId} ${words}`}>
              <span>
                {one.hostName}: {words}
              </span>
              <span>{valueText(one.observed, unit)}</span>
              <a
                href={chartLink(one.hostId, one.metric, judgement)}
                aria-label={t('evidence.chartOf', { metric: words, host: one.hostName })}
              >
                {t('evidence.chart')}
              </a>
            </li>
          )
        })}
        {(judgement.seriesLeft ?? 0) > 0 && (
          <li className={styles.soft}>{t('evidence.seriesLeft', { count: judgement.seriesLeft })}</li>
        )}
      </ul>,
    ])
  if (judgement.action) facts.push([t('evidence.action'), judgement.action])
  if (stage) facts.push([t('evidence.leadsTo'), stage.name])
  if (judgement.playbook)
    facts.push([
      t('evidence.playbook'),
      <a key="playbook" href={playbookLink(judgement.playbook, judgement, hosts)}>
        {judgement.playbook}
      </a>,
    ])
  return (
    <dl className={styles.facts}>
      {facts.map(([name, content]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{content}</dd>
        </div>
      ))}
    </dl>
  )
}

/** "Nov 21, 2026, 5:59 – 6:04 AM": what both ends share is said once. */
function span(from: number, to: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).formatRange(from, to)
}
