import { type CSSProperties, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Block, Column, Report, Row } from '../../shared/report/document.ts'
import { chartSvg } from '../../shared/report/svg/chart.ts'
import styles from './sheet.module.css'

/** The width between the margins of an A4 page, points: what the PDF's charts are drawn for. */
const WIDTH = 491.28

/**
 * A report as the PDF will have it: on white in both themes, with its type, tables and charts in the same proportions. Only the
 * breaks between pages are not in it.
 */
export function Sheet({ report }: { report: Report }) {
  const { t } = useTranslation('report')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.frame} tabIndex={0} aria-label={t('previewText')}>
      <article className={styles.sheet}>
        <div className={styles.page}>
          <span className={styles.mark} />
          <h1>{report.title}</h1>
          <p className={styles.subtitle}>{report.subtitle}</p>
          <dl className={styles.facts}>
            {report.facts.map(({ label, value }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {report.blocks.map((block, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a report is drawn once, in its order
            <Part key={at} block={block} />
          ))}
          <footer className={styles.foot}>
            <span>{report.running.maker}</span>
            <span>{report.running.day}</span>
          </footer>
        </div>
      </article>
    </section>
  )
}

function Part({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? <h2>{block.text}</h2> : <h3>{block.text}</h3>
    case 'paragraph':
      return (
        <p className={block.soft ? styles.soft : undefined} data-label={block.text.endsWith(':') || undefined}>
          {block.text}
        </p>
      )
    case 'verdict':
      return (
        <div className={styles.verdict} data-tone={block.tone}>
          <span className={styles.verdictLabel}>{block.label}</span>
          <b>{block.headline}</b>
          {block.lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )
    case 'figures':
      return (
        <dl className={styles.figures}>
          {block.items.map(({ label, value, note }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd data-long={value.length > 17 || undefined}>{value}</dd>
              {note && <dd className={styles.note}>{note}</dd>}
            </div>
          ))}
        </dl>
      )
    case 'list':
      return (
        <ul>
          {block.items.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sentences may come twice
            <li key={at}>{item}</li>
          ))}
        </ul>
      )
    case 'table':
      return <Table columns={block.columns} rows={block.rows} />
    case 'chart':
      return <Chart block={block} />
  }
}

function Table({ columns, rows }: { columns: readonly Column[]; rows: readonly Row[] }) {
  const weights = columns.reduce((sum, { weight }) => sum + weight, 0)
  return (
    <table>
      <colgroup>
        {columns.map(({ title, weight }) => (
          <col
            key={title}
            style={{ width: weight === 0 ? undefined : `${(100 * weight) / Math.max(weights, 1)}%` } as CSSProperties}
          />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map(({ title, right }) => (
            <th key={title} scope="col" data-right={right}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names
          <tr key={at} data-as={row.as}>
            {columns.map(({ title, right }, index) => (
              <td key={title} data-right={right}>
                {row.cells[index] ?? ''}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The PDF brings its type along; where this machine has it not, a picture must not fall back to a serif. */
const TYPE = ['font-family="Roboto"', 'font-family="Roboto, Inter, Arial, sans-serif"'] as const

function Chart({ block }: { block: Extract<Block, { kind: 'chart' }> }) {
  const source = useMemo(
    () => `data:image/svg+xml,${encodeURIComponent(chartSvg(block.chart, WIDTH).replaceAll(...TYPE))}`,
    [block.chart],
  )
  return (
    <figure>
      <figcaption>
        <b>{block.title}</b> {block.note && <span>{block.note}</span>}
      </figcaption>
      <img src={source} alt={block.note ? `${block.title}: ${block.note}` : block.title} />
    </figure>
  )
}
