import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PlaybookSummary, Preview } from '../../../shared/model/run.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { part } from '../../app/part.ts'
import { useRoute } from '../../app/route.ts'
import { EmptyState, Loading, PageHeader, Panel, ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import { History } from './history.tsx'
import { hrefOf, OwnActions } from './own-actions.tsx'
import { initialValues, ParameterForm, type Values, valuesToSend } from './parameter-form.tsx'
import styles from './playbooks.module.css'
import { PreviewView } from './preview.tsx'
import { Source } from './source.tsx'

const PlaybookEditor = part(() => import('./editor/editor.tsx'))

/** One playbook: what it does, its parameters, the preview, and what came of earlier runs. */
export function PlaybookPage({ id }: { id: string }) {
  const { t } = useTranslation('playbooks')
  const route = useRoute()
  const utils = useQueryUtils()
  const query = useQuery(utils.playbooks.list.queryOptions())
  const file = route.query.get('file')
  const playbook = query.data?.find((one) => (file === null ? one.id === id : one.file === file))
  const editing = route.query.get('view') === 'edit' && playbook?.file
  return (
    <>
      <PageHeader
        title={playbook?.name ?? id}
        note={playbook ? t('steps', { count: playbook.stepCount }) : undefined}
        actions={
          <>
            {playbook && <OwnActions playbook={playbook} editing={Boolean(editing)} />}
            <Button component="a" href="#/playbooks" variant="default" size="xs">
              {t('back')}
            </Button>
          </>
        }
      />
      <QueryView query={query}>
        {() =>
          playbook && editing ? (
            <Suspense fallback={<Loading label={t('editor.loading')} />}>
              <PlaybookEditor key={editing} playbook={playbook} file={editing} />
            </Suspense>
          ) : playbook ? (
            <Playbook playbook={playbook} />
          ) : (
            <EmptyState title={t('notFound', { id })}>{t('notFoundHelp')}</EmptyState>
          )
        }
      </QueryView>
    </>
  )
}

function Playbook({ playbook }: { playbook: PlaybookSummary }) {
  const { t } = useTranslation('playbooks')
  const { query } = useRoute()
  const [values, setValues] = useState<Values>(() => initialValues(playbook.parameters, query))
  const [showSource, setShowSource] = useState(playbook.problem !== null)
  const preview = usePreview(playbook)
  const problem = preview.error === null ? null : problemFrom(preview.error)
  // What was found wrong with values holds until they are changed.
  const found = problem ? [problem] : preview.result?.values === values ? preview.result.preview.problems : []
  return (
    <div className={styles.stack}>
      <Panel label={playbook.name}>
        {playbook.problem === null && <p className={styles.summary}>{playbook.summary}</p>}
        {playbook.base?.updated && (
          <p className={styles.mind}>
            <Tag tone="warn">{t('own.updated')}</Tag> {t('own.updatedHelp', { id: playbook.base.id })}{' '}
            <a href={hrefOf(playbook, 'edit')}>{t('own.seeUpdate')}</a>
          </p>
        )}
        {playbook.irreversible.length > 0 && (
          <p className={styles.mind}>
            <Tag tone="warn">{t('irreversible')}</Tag> {playbook.irreversible.join(' ')}
          </p>
        )}
        <Button
          variant="subtle"
          size="compact-xs"
          className={styles.reveal}
          aria-expanded={showSource}
          onClick={() => setShowSource(!showSource)}
        >
          {showSource ? t('source.hide') : t('source.show')}
        </Button>
        {showSource && <Source text={playbook.source} />}
      </Panel>
      {playbook.problem ? (
        <ProblemNotice problem={playbook.problem} />
      ) : (
        <Panel title={t('form.title')}>
          {/* The engine checks the values and names field and fix, so the browser's own bubbles stay away. */}
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault()
              void preview.ask(values)
            }}
          >
            <ParameterForm parameters={playbook.parameters} values={values} problems={found} onChange={setValues} />
            <div className={styles.formFoot}>
              <Button type="submit" loading={preview.asking}>
                {t('form.preview')}
              </Button>
              {!preview.asking && (
                <Button variant="default" onClick={() => void preview.ask(values, true)}>
                  {t('rehearsal.ask')}
                </Button>
              )}
              {preview.asking ? (
                <Button variant="default" onClick={preview.cancel}>
                  {t('form.cancel')}
                </Button>
              ) : (
                <span className={styles.soft}>{t('form.previewHelp')}</span>
              )}
            </div>
          </form>
        </Panel>
      )}
      {preview.asking && <Loading label={t('form.previewing')} />}
      {problem && !preview.asking && <ProblemNotice problem={problem} />}
      {preview.result && !preview.asking && (
        <PreviewView
          playbook={playbook}
          preview={preview.result.preview}
          values={preview.result.values}
          stale={preview.result.values !== values}
        />
      )}
      <Panel title={t('history.title')}>
        <History playbookId={playbook.id} />
      </Panel>
    </div>
  )
}

/** Asks for a preview; a second question, or Cancel, ends the first. */
function usePreview(playbook: PlaybookSummary) {
  const core = useCore()
  const [result, setResult] = useState<{ preview: Preview; values: Values } | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [asking, setAsking] = useState(false)
  const aborter = useRef<AbortController>(null)
  const ask = async (values: Values, rehearsal = false) => {
    aborter.current?.abort()
    const mine = new AbortController()
    aborter.current = mine
    setAsking(true)
    setError(null)
    setResult(null)
    try {
      const parameters = valuesToSend(playbook.parameters, values)
      const preview = await core.playbooks.preview(
        { playbookId: playbook.id, parameters, rehearsal },
        { signal: mine.signal },
      )
      if (aborter.current === mine) setResult({ preview, values })
    } catch (thrown) {
      if (aborter.current === mine) setError(thrown)
    } finally {
      if (aborter.current === mine) setAsking(false)
    }
  }
  const cancel = () => {
    aborter.current?.abort()
    aborter.current = null
    setAsking(false)
  }
  return { ask, cancel, result, error, asking }
}
