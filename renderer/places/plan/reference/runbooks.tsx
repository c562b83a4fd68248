import { useTranslation } from 'react-i18next'
import { formatDuration, parseDuration } from '../../../../shared/format/duration.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import { State, Steps } from './parts.tsx'
import styles from './reference.module.css'
import type { Reference } from './use-reference.ts'

const ORDER = ['emergency', 'routine', 'watch', 'migration'] as const

/** What to do, step by step: in an emergency, before load comes, every day, on the way to a stage. */
export function Runbooks({ plan, judged }: { plan: Plan; judged: Reference['judged'] | undefined }) {
  const { t } = useTranslation('reference')
  const sorted = ORDER.flatMap((kind) => plan.runbooks.filter((one) => one.kind === kind))
  return (
    <>
      <p className={styles.soft}>{t('runbooks.stands')}</p>
      {sorted.map((one) => (
        <Panel
          key={one.id}
          title={one.title}
          aside={
            <Tag tone={one.kind === 'emergency' ? 'bad' : 'neutral'}>
              {one.every === undefined
                ? t(`runbooks.${one.kind}`)
                : t('runbooks.every', { time: formatDuration(parseDuration(one.every)) })}
            </Tag>
          }
        >
          {one.when && <State judged={judged?.[`runbooks/${one.id}`]} />}
          <Steps plan={plan} steps={one.steps} place={`runbooks/${one.id}`} judged={judged} />
        </Panel>
      ))}
    </>
  )
}
