import { useTranslation } from 'react-i18next'
import type { Artifact, Artifacts, Compared } from '../../../../shared/model/artifact.ts'
import { Tag, type Tone } from '../../../ui/index.ts'
import styles from './files.module.css'

export const TONES: Record<Compared['state'], Tone> = {
  new: 'good',
  same: 'neutral',
  ours: 'good',
  edited: 'warn',
  gone: 'neutral',
}

/** Every file of the stage, what of it is open or differs, and what is not made and why. */
export function FileList(props: {
  made: Artifacts
  stageName: string
  compared: ReadonlyMap<string, Compared>
  chosen: string
  onChoose: (id: string) => void
}) {
  const { made, stageName, compared, chosen, onChoose } = props
  const { t } = useTranslation('planFiles')
  const groups = [
    { title: t('fits'), artifacts: made.artifacts.filter(({ fits }) => fits) },
    { title: t('others'), artifacts: made.artifacts.filter(({ fits }) => !fits) },
  ].filter(({ artifacts }) => artifacts.length > 0)
  return (
    <nav className={styles.list} aria-label={t('list', { stage: stageName })}>
      {groups.map(({ title, artifacts }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {artifacts.map((one) => (
              <Row
                key={one.id}
                artifact={one}
                compared={compared.get(one.path)}
                chosen={one.id === chosen}
                onChoose={onChoose}
              />
            ))}
          </ul>
        </section>
      ))}
      {[...compared.values()].some(({ state }) => state === 'gone') && (
        <section>
          <h3>{t('states.gone')}</h3>
          <ul className={styles.plain} title={t('goneHelp')}>
            {[...compared.values()].flatMap(({ state, path }) =>
              state === 'gone' ? [<li key={path}>{path}</li>] : [],
            )}
          </ul>
        </section>
      )}
      {made.left.length > 0 && (
        <details className={styles.left}>
          <summary>
            {t('notMade')} ({made.left.length})
          </summary>
          <dl>
            {made.left.map(({ kind, reason }) => (
              <div key={kind}>
                <dt>{t(`kinds.${kind}`)}</dt>
                <dd>{reason}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </nav>
  )
}

function Row(props: {
  artifact: Artifact
  compared: Compared | undefined
  chosen: boolean
  onChoose: (id: string) => void
}) {
  const { artifact, compared, chosen, onChoose } = props
  const { t } = useTranslation('planFiles')
  return (
    <li>
      <button type="button" aria-current={chosen ? 'true' : undefined} onClick={() => onChoose(artifact.id)}>
        <span className={styles.first}>
          <span className={styles.kind}>
            {t(`kinds.${artifact.kind}`)}
            {artifact.subject !== '' && <span className={styles.soft}> {artifact.subject}</span>}
          </span>
          {artifact.open.length > 0 && <Tag tone="warn">{t('open', { count: artifact.open.length })}</Tag>}
          {compared && <Tag tone={TONES[compared.state]}>{t(`states.${compared.state}`)}</Tag>}
        </span>
        <span className={styles.path}>{artifact.path}</span>
      </button>
    </li>
  )
}
