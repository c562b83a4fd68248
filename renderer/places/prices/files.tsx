import { Button, FileButton, Menu, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemFrom, type QueryUtils, useCore } from '../../app/core.tsx'
import { useIncoming } from '../../app/files/incoming.ts'
import { useCommand } from '../../app/palette/commands.ts'
import { saveFile } from '../../charts/index.ts'
import { ProblemNotice, Tag } from '../../ui/index.ts'
import { hourlyText, monthlyText } from './price-text.ts'
import styles from './prices.module.css'

const LARGEST = 8_000_000
const SHOWN = 200
type Preview = Awaited<ReturnType<QueryUtils['prices']['previewImport']['call']>>

/** Own prices out to a file and in from one; what is in it is shown before anything is saved. */
export function Files({ count }: { count: number }) {
  const { t } = useTranslation('prices')
  const core = useCore()
  const reset = useRef<() => void>(null)
  const [file, setFile] = useState<{ name: string; text: string } | null>(null)
  const [tooLarge, setTooLarge] = useState<string | null>(null)
  const preview = useMutation({ mutationFn: (text: string) => core.prices.previewImport({ text }) })
  const save = useMutation({
    mutationFn: (input: { text: string; skipFaults: boolean }) => core.prices.importOwn(input),
    onSuccess: ({ saved, skipped }) => {
      notifications.show({ message: t('files.saved', { count: saved, skipped }) })
      close()
    },
  })
  const out = useMutation({
    mutationFn: (format: 'csv' | 'json') => core.prices.exportOwn({ format }).then(({ text }) => ({ text, format })),
    onSuccess: ({ text, format }) =>
      saveFile(`own-prices.${format}`, text, format === 'csv' ? 'text/csv' : 'application/json'),
  })
  const close = () => {
    setFile(null)
    setTooLarge(null)
    preview.reset()
    save.reset()
  }
  const input = useRef<HTMLButtonElement>(null)
  useCommand('importPrices', () => input.current?.click())
  const opened = async (chosen: File | null) => {
    reset.current?.()
    if (!chosen) return
    if (chosen.size > LARGEST) {
      setTooLarge(chosen.name)
      return
    }
    const text = await chosen.text()
    setFile({ name: chosen.name, text })
    preview.mutate(text)
  }
  useIncoming('prices', (chosen) => void opened(chosen))
  const rows = preview.data?.rows ?? []
  const faulty = rows.filter(({ state }) => state === 'fault').length
  const problem = preview.error ?? save.error ?? out.error
  return (
    <>
      <FileButton
        onChange={(chosen) => void opened(chosen)}
        accept=".csv,.json,.tsv,.txt"
        resetRef={reset}
        inputProps={{ 'aria-label': t('files.input') }}
      >
        {(given) => (
          <Button ref={input} variant="default" size="xs" {...given}>
            {t('files.import')}
          </Button>
        )}
      </FileButton>
      <Menu>
        <Menu.Target>
          <Button variant="default" size="xs" disabled={count === 0} loading={out.isPending}>
            {t('files.export')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => out.mutate('csv')}>{t('files.csv')}</Menu.Item>
          <Menu.Item onClick={() => out.mutate('json')}>{t('files.json')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {(file || tooLarge !== null || out.error) && (
        <Modal
          opened
          onClose={() => {
            out.reset()
            close()
          }}
          size="xl"
          title={t('files.title', { file: file?.name ?? tooLarge ?? '' })}
          closeButtonProps={{ 'aria-label': t('close') }}
        >
          {tooLarge !== null && (
            <ProblemNotice
              problem={{
                code: 'FILE_TOO_LARGE',
                fact: t('files.tooLarge', { file: tooLarge }),
                fix: t('files.tooLargeFix'),
              }}
            />
          )}
          {problem && <ProblemNotice problem={problemFrom(problem)} />}
          {rows.length > 0 && <ImportRows rows={rows} />}
          {file && rows.length > 0 && (
            <div className={styles.actions}>
              <Button variant="default" onClick={close}>
                {t('cancel')}
              </Button>
              <Button
                loading={save.isPending}
                disabled={faulty === rows.length}
                onClick={() => save.mutate({ text: file.text, skipFaults: faulty > 0 })}
              >
                {faulty > 0
                  ? t('files.saveOthers', { count: rows.length - faulty, faulty })
                  : t('files.save', { count: rows.length })}
              </Button>
            </div>
          )}
        </Modal>
      )}
    </>
  )
}

const TONES = { new: 'good', changed: 'warn', same: 'neutral', fault: 'bad' } as const

function ImportRows({ rows }: { rows: Preview['rows'] }) {
  const { t } = useTranslation('prices')
  const amount = (price: Preview['rows'][number]['price']) => {
    if (!price) return '–'
    const month = monthlyText(price)
    return (month === null ? hourlyText(price, t) : t('aMonth', { price: month })) ?? '–'
  }
  // What needs a look comes first.
  const order = [...rows].sort((a, b) => Number(b.state === 'fault') - Number(a.state === 'fault'))
  return (
    <div className={styles.scrolling}>
      <table className={styles.compared} aria-label={t('files.preview')}>
        <tbody>
          {order.slice(0, SHOWN).map((row) => (
            <tr key={row.place}>
              <th scope="row">{row.place}</th>
              <td>
                <Tag tone={TONES[row.state]}>{t(`files.state.${row.state}`)}</Tag>
              </td>
              <td>
                {row.price
                  ? `${row.price.provider}/${row.price.sku}`
                  : row.faults.map(({ field, fact, fix }) => `${field}: ${fact} ${fix}`).join(' ')}
              </td>
              <td data-number>
                {row.state === 'changed' ? `${amount(row.before)} → ${amount(row.price)}` : amount(row.price)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN && <p className={styles.soft}>{t('files.more', { count: rows.length - SHOWN })}</p>}
    </div>
  )
}
