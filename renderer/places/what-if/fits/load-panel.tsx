import { Button, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type * as z from 'zod'
import { create } from 'zustand'
import type { LoadReadingSchema, UslFitSchema } from '../../../../shared/model/fit.ts'
import { uslThroughput } from '../../../../shared/planning/fit/usl.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { FitChart } from '../../../charts/index.ts'
import { EmptyState, Loading, Panel, ProblemNotice, Tag } from '../../../ui/index.ts'
import styles from './fits.module.css'
import { Refused } from './refused.tsx'
import { figure, percent } from './text.ts'

type Reading = z.infer<typeof LoadReadingSchema>
type Fit = z.infer<typeof UslFitSchema>

/** What was pasted stays while the operator visits other places. */
const usePaste = create<{ text: string; set(text: string): void }>((set) => ({
  text: '',
  set: (text) => set({ text }),
}))

/** How throughput scales, from the summaries of load tests. */
export function LoadPanel() {
  const { t } = useTranslation('fits')
  const utils = useQueryUtils()
  const { text, set } = usePaste()
  const [settled] = useDebouncedValue(text, 250)
  const input = useRef<HTMLInputElement>(null)
  const empty = settled.trim() === ''
  const query = useQuery({
    ...utils.fit.usl.queryOptions({ input: { text: settled } }),
    enabled: !empty,
    placeholderData: (before) => before,
  })
  const addFiles = async (files: FileList | null) => {
    const texts = await Promise.all([...(files ?? [])].map((file) => file.text()))
    if (texts.length > 0) set([text, ...texts].filter((one) => one.trim() !== '').join('\n\n'))
  }
  return (
    <div className={styles.layout}>
      <Panel title={t('load.paste')} className={styles.side}>
        <div className={styles.stack}>
          <Textarea
            aria-label={t('load.paste')}
            placeholder={t('load.placeholder')}
            classNames={{ input: styles.mono }}
            rows={18}
            spellCheck={false}
            value={text}
            onChange={(event) => set(event.currentTarget.value)}
          />
          <input
            ref={input}
            type="file"
            multiple
            accept=".txt,.json,.log,text/plain,application/json"
            aria-label={t('load.files')}
            className={styles.hiddenInput}
            onChange={(event) => {
              void addFiles(event.currentTarget.files)
              event.currentTarget.value = ''
            }}
          />
          <div className={styles.row}>
            <Button size="compact-sm" variant="default" onClick={() => input.current?.click()}>
              {t('load.addFiles')}
            </Button>
            {text !== '' && (
              <Button size="compact-sm" variant="subtle" onClick={() => set('')}>
                {t('load.clear')}
              </Button>
            )}
          </div>
          <p className={styles.small}>{t('load.help')}</p>
        </div>
      </Panel>
      <div className={styles.results}>
        {empty ? (
          <Panel label={t('parts.load')}>
            <EmptyState title={t('load.empty')}>{t('load.emptyHelp')}</EmptyState>
            <pre className={styles.commands}>{t('load.commands')}</pre>
          </Panel>
        ) : query.isError ? (
          <ProblemNotice problem={problemFrom(query.error)} />
        ) : query.data ? (
          <>
            {query.data.refused && (query.data.reading?.runs.length ?? 0) > 0 && (
              <Refused problem={query.data.refused} />
            )}
            {query.data.fit && query.data.reading && <Curve fit={query.data.fit} reading={query.data.reading} />}
            {query.data.reading && <Runs reading={query.data.reading} />}
          </>
        ) : (
          <Loading label={t('fitting')} />
        )}
      </div>
    </div>
  )
}

function Curve({ fit, reading }: { fit: Fit; reading: Reading }) {
  const { t } = useTranslation('fits')
  const { lambda, sigma, kappa, knee } = fit
  const largest = Math.max(...reading.runs.map((run) => run.concurrency))
  const end = knee.kind === 'found' ? Math.max(1.25 * largest, 1.6 * knee.concurrency) : 1.6 * largest
  const curve = Array.from({ length: 121 }, (_, i) => {
    const x = 1 + ((end - 1) * i) / 120
    return { x, y: uslThroughput(lambda.value, sigma.value, kappa.value, x) }
  })
  const perSecond = (value: number) => t('load.perSecond', { value: figure(value) })
  const ceiling = 'ceiling' in knee ? knee.ceiling : null
  const headline =
    knee.kind === 'found'
      ? t('load.knee', { n: figure(Math.round(knee.concurrency)), throughput: perSecond(knee.throughput) })
      : knee.kind === 'beyond'
        ? t('load.beyond', { n: figure(Math.round(knee.concurrency)) })
        : ceiling === null
          ? t('load.straight')
          : t('load.level', { ceiling: perSecond(ceiling) })
  const error = (estimate: { value: number; error: number | null }, write: (value: number) => string) =>
    estimate.error === null ? t('load.noError') : `± ${write(estimate.error)}`
  return (
    <Panel label={headline}>
      <p className={styles.headline}>{headline}</p>
      {knee.kind !== 'none' && knee.interval && (
        <p className={styles.detail}>
          {knee.interval.high === null
            ? t('load.kneeOpen', { low: figure(Math.round(knee.interval.low)) })
            : t('load.kneeRange', {
                low: figure(Math.round(knee.interval.low)),
                high: figure(Math.round(knee.interval.high)),
              })}
        </p>
      )}
      <FitChart
        title={t('load.chart')}
        points={reading.runs.map((run) => ({ x: run.concurrency, y: run.throughput }))}
        curve={curve}
        mark={
          knee.kind === 'found'
            ? { x: knee.concurrency, label: t('load.kneeAt', { n: figure(Math.round(knee.concurrency)) }) }
            : undefined
        }
        names={{ x: t('load.concurrency'), points: t('load.runs'), curve: t('load.law'), band: '' }}
        formatX={(x) => t('load.atOnce', { n: figure(x) })}
        formatTickX={figure}
        formatY={perSecond}
        height={290}
        summary={headline}
      />
      <dl className={styles.facts}>
        <div>
          <dt>{t('load.contention')}</dt>
          <dd>
            {percent(sigma.value)} <small>{error(sigma, percent)}</small>
            <p>{t('load.contentionHelp')}</p>
          </dd>
        </div>
        <div>
          <dt>{t('load.coherency')}</dt>
          <dd>
            {t('load.perPair', { value: percent(kappa.value) })} <small>{error(kappa, percent)}</small>
            <p>{t(kappa.value > 0 ? 'load.coherencyHelp' : 'load.noCoherency')}</p>
          </dd>
        </div>
        <div>
          <dt>{t('load.single')}</dt>
          <dd>
            {perSecond(lambda.value)} <small>{error(lambda, figure)}</small>
            <p>{t('load.singleHelp')}</p>
          </dd>
        </div>
        <div>
          <dt>{t('load.quality')}</dt>
          <dd>
            R² {fit.r2.toFixed(4)} <small>{t('load.typicalError', { error: percent(fit.relativeError) })}</small>
            <p>{t('load.basis', { n: fit.n, levels: fit.levels })}</p>
          </dd>
        </div>
      </dl>
      {fit.cautions.length > 0 && (
        <ul className={styles.notes}>
          {fit.cautions.map((caution) => (
            <li key={caution}>
              <Tag tone="warn">{t('load.caution')}</Tag> {t(`load.cautions.${caution}`)}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Runs({ reading }: { reading: Reading }) {
  const { t } = useTranslation('fits')
  const { runs, unread, incomplete } = reading
  const ms = (value: number | null) => (value === null ? '–' : t('load.ms', { value: figure(value) }))
  return (
    <>
      {(unread.length > 0 || incomplete.length > 0 || runs.length === 0) && (
        <Panel title={t('load.unread')}>
          {runs.length === 0 && unread.length === 0 && incomplete.length === 0 && (
            <EmptyState title={t('load.nothing')}>{t('load.nothingHelp')}</EmptyState>
          )}
          <ul className={styles.unread}>
            {incomplete.map((one) => (
              <li key={`run ${one.line}`}>
                {t('load.incomplete', { line: one.line, tool: one.tool, missing: t(`load.missing.${one.missing}`) })}
              </li>
            ))}
            {unread.slice(0, 12).map((one) => (
              <li key={one.line}>
                {t('load.line', { line: one.line })} <code>{one.text}</code>
                {one.like !== '' && (
                  <small>
                    {t('load.like')} <code>{one.like}</code>
                  </small>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {runs.length > 0 && (
        <Panel title={t('load.table', { count: runs.length })}>
          <div className={styles.wide}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t('load.run')}</th>
                  <th scope="col">{t('load.concurrency')}</th>
                  <th scope="col">{t('load.throughput')}</th>
                  <th scope="col">{t('load.p50')}</th>
                  <th scope="col">{t('load.p95')}</th>
                  <th scope="col">{t('load.p99')}</th>
                  <th scope="col">{t('load.errors')}</th>
                </tr>
              </thead>
              <tbody>
                {[...runs]
                  .sort((a, b) => a.concurrency - b.concurrency)
                  .map((run) => (
                    <tr key={run.line}>
                      <th scope="row">{t('load.runOf', { tool: run.tool, line: run.line })}</th>
                      <td>
                        {figure(run.concurrency)}
                        {run.concurrencyFrom !== 'summary' && <small>{t(`load.from.${run.concurrencyFrom}`)}</small>}
                      </td>
                      <td>{t('load.perSecond', { value: figure(run.throughput) })}</td>
                      <td>{ms(run.p50Ms)}</td>
                      <td>{ms(run.p95Ms)}</td>
                      <td>{ms(run.p99Ms)}</td>
                      <td>
                        {run.errors === null ? '–' : figure(run.errors)}
                        {run.errors !== null && run.errors > 0 && run.requests !== null && run.requests > 0 && (
                          <small>{percent(run.errors / run.requests)}</small>
                        )}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </div>
        </Panel>
      )}
    </>
  )
}
