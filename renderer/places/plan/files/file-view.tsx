import { Button, Checkbox, SegmentedControl } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Artifact, Compared } from '../../../../shared/model/artifact.ts'
import { saveFile } from '../../../charts/index.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import { Coloured, Difference } from './coloured.tsx'
import { TONES } from './file-list.tsx'
import styles from './files.module.css'

const TYPES: Record<Artifact['language'], string> = {
  ...{ yaml: 'text/yaml', json: 'application/json', ini: 'text/plain', nginx: 'text/plain', haproxy: 'text/plain' },
  ...{ shell: 'text/x-shellscript', env: 'text/plain' },
}

/** One file: its text or how it differs from the folder's, and what the plan leaves open in it. */
export function FileView(props: {
  artifact: Artifact
  compared: Compared | undefined
  agreed: boolean
  onAgree: (agreed: boolean) => void
}) {
  const { artifact, compared, agreed, onAgree } = props
  const { t } = useTranslation('planFiles')
  const clipboard = useClipboard({ timeout: 2000 })
  const [asked, setAsked] = useState<'file' | 'difference' | null>(null)
  const differs = compared !== undefined && compared.state !== 'same'
  const view =
    compared === undefined ? 'file' : (asked ?? (differs && compared.state !== 'new' ? 'difference' : 'file'))
  const fileName = artifact.path.split('/').at(-1) ?? artifact.path
  return (
    <Panel
      className={styles.view ?? ''}
      title={artifact.path}
      aside={
        <div className={styles.tools}>
          {compared && <Tag tone={TONES[compared.state]}>{t(`states.${compared.state}`)}</Tag>}
          {compared && (
            <SegmentedControl
              size="xs"
              aria-label={t('view')}
              value={view}
              onChange={(next) => setAsked(next === 'difference' ? 'difference' : 'file')}
              data={[
                { value: 'file', label: t('file') },
                { value: 'difference', label: t('difference') },
              ]}
            />
          )}
          <Button size="compact-sm" variant="default" onClick={() => clipboard.copy(artifact.text)}>
            <span role="status">{clipboard.copied ? t('copied') : t('copy')}</span>
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => saveFile(fileName.replace(/^\./, ''), artifact.text, TYPES[artifact.language])}
          >
            {t('download')}
          </Button>
        </div>
      }
    >
      {artifact.open.length > 0 && <Notes title={t('openTitle')} tone="warn" notes={artifact.open} />}
      {artifact.notes.length > 0 && <Notes title={t('notes')} tone="neutral" notes={artifact.notes} />}
      {compared?.state === 'edited' && (
        <Checkbox
          className={styles.agree}
          size="xs"
          label={t('agree')}
          description={t('agreeHelp')}
          checked={agreed}
          onChange={(event) => onAgree(event.currentTarget.checked)}
        />
      )}
      {view === 'difference' && compared ? (
        compared.diff === '' ? (
          <p className={styles.soft}>{t('noDifference')}</p>
        ) : (
          <Difference diff={compared.diff} label={`${t('difference')}: ${artifact.path}`} />
        )
      ) : (
        <Coloured text={artifact.text} language={artifact.language} label={t('source', { path: artifact.path })} />
      )}
    </Panel>
  )
}

function Notes({ title, tone, notes }: { title: string; tone: 'warn' | 'neutral'; notes: readonly string[] }) {
  return (
    <div className={styles.notes} data-tone={tone}>
      <strong>{title}</strong>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  )
}
