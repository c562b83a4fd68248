import { Button, Checkbox, NativeSelect, Progress, Textarea } from '@mantine/core'
import { type DragEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CsvPreview, CsvReading, Duplicates, TimeFormat } from '../../../../shared/format/csv.ts'
import { formatDuration } from '../../../../shared/format/duration.ts'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { useIncoming } from '../../../app/files/incoming.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './fits.module.css'
import { dayText } from './text.ts'
import { type CsvState, useCsv } from './use-csv.ts'

/** A series from a CSV: dropped, chosen or pasted; its columns seen before anything is made of it. */
export function CsvSource(props: { label: string; onReading: (reading: CsvReading | null, name: string) => void }) {
  const { t } = useTranslation('fits')
  const { state, take, say, clear } = useCsv(props.onReading)
  useIncoming('series', (file) => take({ name: file.name, data: file }))
  const [over, setOver] = useState(false)
  const [pasting, setPasting] = useState(false)
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const inputId = useId()
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) take({ name: file.name, data: file })
  }
  const asks = state.problem?.code === 'CSV_DATES_AMBIGUOUS' || state.problem?.code === 'CSV_NUMBERS_AMBIGUOUS'
  return (
    <div className={styles.stack}>
      {state.file === null ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way beside the buttons inside
        <div
          className={styles.drop}
          data-over={over}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <p>{t('csv.drop')}</p>
          <input
            ref={input}
            id={inputId}
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            aria-label={t('csv.fileOf', { what: props.label })}
            className={styles.hiddenInput}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0]
              if (file) take({ name: file.name, data: file })
              event.currentTarget.value = ''
            }}
          />
          <div className={styles.row}>
            <Button size="compact-sm" variant="default" onClick={() => input.current?.click()}>
              {t('csv.choose')}
            </Button>
            <Button size="compact-sm" variant="subtle" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
              {t('csv.paste')}
            </Button>
          </div>
          <small>{t('csv.help')}</small>
          {pasting && (
            <div className={styles.stack}>
              <Textarea
                aria-label={t('csv.pasteOf', { what: props.label })}
                placeholder={t('csv.example')}
                classNames={{ input: styles.mono }}
                rows={6}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
              <Button
                size="compact-sm"
                disabled={text.trim() === ''}
                onClick={() => take({ name: t('csv.pasted'), data: new Blob([text]) })}
              >
                {t('csv.read')}
              </Button>
            </div>
          )}
        </div>
      ) : (
        <div className={styles.file}>
          <strong title={state.file.name}>{state.file.name}</strong>
          <Button size="compact-xs" variant="subtle" onClick={clear}>
            {state.progress ? t('csv.stop') : t('csv.other')}
          </Button>
        </div>
      )}
      {state.progress && (
        <div role="status" className={styles.small}>
          <Progress value={state.progress.share * 100} aria-label={t('csv.reading')} size="sm" mb={4} />
          {t('csv.progress', { rows: count(state.progress.rows), share: Math.round(state.progress.share * 100) })}
        </div>
      )}
      {state.problem &&
        (asks ? (
          <p className={styles.question} role="alert">
            {state.problem.fact}
          </p>
        ) : (
          <ProblemNotice problem={state.problem}>
            {state.problem.code === 'CSV_BAD_CELL' && (
              <Button size="compact-xs" variant="default" onClick={() => say({ faults: 'skip' })}>
                {t('csv.skip')}
              </Button>
            )}
          </ProblemNotice>
        ))}
      {state.preview && <Columns preview={state.preview} state={state} say={say} />}
      {state.reading && <ReadingNotes reading={state.reading} />}
    </div>
  )
}

function Columns(props: { preview: CsvPreview; state: CsvState; say: ReturnType<typeof useCsv>['say'] }) {
  const { t } = useTranslation('fits')
  const { preview, state, say } = props
  const { choice, said } = state
  const time = said.time ?? choice?.time ?? preview.time
  const value = said.value ?? choice?.value ?? preview.value
  const columns = preview.columns.map((column) => ({ value: String(column.index), label: column.name }))
  const none = { value: '', label: t('csv.chooseColumn') }
  const guess = time === null ? null : preview.columns[time]?.time
  const asksDates = said.timeFormat === undefined && Boolean(guess?.ambiguous)
  const number = value === null ? null : preview.columns[value]
  const asksMark = said.mark === undefined && number?.markSure === false
  const texts = preview.columns.filter((column) => column.kind === 'text' && column.options.length > 1)
  return (
    <div className={styles.stack}>
      <div className={styles.pair}>
        <NativeSelect
          size="xs"
          label={t('csv.time')}
          data={time === null ? [none, ...columns] : columns}
          value={time === null ? '' : String(time)}
          onChange={(event) => say({ time: Number(event.currentTarget.value), timeFormat: undefined })}
        />
        <NativeSelect
          size="xs"
          label={t('csv.value')}
          data={value === null ? [none, ...columns] : columns}
          value={value === null ? '' : String(value)}
          onChange={(event) => say({ value: Number(event.currentTarget.value), mark: undefined, scale: undefined })}
        />
      </div>
      {(guess?.ambiguous || said.timeFormat === 'mdy' || said.timeFormat === 'dmy') && (
        <NativeSelect
          size="xs"
          label={t('csv.dates')}
          data={[
            ...(asksDates ? [{ value: '', label: t('csv.chooseOne') }] : []),
            { value: 'dmy', label: t('csv.dmy') },
            { value: 'mdy', label: t('csv.mdy') },
          ]}
          value={asksDates ? '' : (said.timeFormat ?? choice?.timeFormat ?? '')}
          onChange={(event) => say({ timeFormat: event.currentTarget.value as TimeFormat })}
        />
      )}
      {(asksMark || said.mark !== undefined) && (
        <NativeSelect
          size="xs"
          label={t('csv.mark')}
          data={[
            ...(asksMark ? [{ value: '', label: t('csv.chooseOne') }] : []),
            { value: '.', label: t('csv.markPoint') },
            { value: ',', label: t('csv.markComma') },
          ]}
          value={asksMark ? '' : (said.mark ?? '')}
          onChange={(event) => say({ mark: event.currentTarget.value === ',' ? ',' : '.' })}
        />
      )}
      {texts.map((column) => (
        <NativeSelect
          key={column.index}
          size="xs"
          label={t('csv.only', { column: column.name })}
          data={[{ value: '', label: t('csv.allRows') }, ...column.options]}
          value={said.where?.column === column.index ? said.where.equals : ''}
          onChange={(event) => {
            const equals = event.currentTarget.value
            say({ where: equals === '' ? undefined : { column: column.index, equals } })
          }}
        />
      ))}
      {state.reading?.duplicates && (
        <NativeSelect
          size="xs"
          label={t('csv.duplicates')}
          data={(['mean', 'last', 'sum'] as const).map((how) => ({ value: how, label: t(`csv.join.${how}`) }))}
          value={choice?.duplicates ?? 'mean'}
          onChange={(event) => say({ duplicates: event.currentTarget.value as Duplicates })}
        />
      )}
      {said.faults === 'skip' && (
        <Checkbox
          size="xs"
          label={t('csv.skipping', { count: state.reading?.faults.count ?? 0 })}
          checked
          onChange={() => say({ faults: 'refuse' })}
        />
      )}
      <div className={styles.previewBox}>
        <table className={styles.preview}>
          <caption>{t('csv.firstRows')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('csv.line')}</th>
              {preview.columns.map((column) => (
                <th key={column.index} scope="col" data-chosen={column.index === time || column.index === value}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row) => (
              <tr key={row.line}>
                <td>{row.line}</td>
                {preview.columns.map((column) => (
                  <td key={column.index} data-chosen={column.index === time || column.index === value}>
                    {row.cells[column.index] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

const count = (value: number) => value.toLocaleString(formatLocale())

/** What was noteworthy in a file, each with its line. */
function ReadingNotes({ reading }: { reading: CsvReading }) {
  const { t } = useTranslation('fits')
  const { gaps, duplicates, unsorted, blank, bucketMs } = reading
  const notes: string[] = [
    t('csv.rows', { rows: count(reading.rows), values: count(reading.values.length) }),
    bucketMs === null ? null : t('csv.thinned', { step: formatDuration(bucketMs) }),
    blank === 0 ? null : t('csv.blank', { count: blank }),
    unsorted ? t('csv.unsorted', { count: unsorted.count, line: unsorted.line }) : null,
    duplicates &&
      (duplicates.line === null
        ? t('csv.sameTime', { count: duplicates.count })
        : t('csv.sameTimeFrom', { count: duplicates.count, line: duplicates.line })),
    gaps &&
      t('csv.gaps', {
        count: gaps.count,
        from: dayText(gaps.longest.from),
        to: dayText(gaps.longest.to),
      }),
  ].filter((note) => note !== null)
  return (
    <ul className={styles.notes}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  )
}
