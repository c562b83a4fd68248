import { type ReactNode, type RefObject, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ChartTable, toCsv } from './csv.ts'
import type { ECharts } from './echarts.ts'
import { blobOfDataUrl, fileNameOf, saveFile } from './save.ts'
import './charts.css'

/** Sits around every chart: title, legend, the table behind it, and saving. `format` writes the numbers of column `index`. */
export function ChartFrame(props: {
  title: string
  note?: string
  hideTitle?: boolean
  legend?: ReactNode
  summary: string
  height: number
  box: RefObject<HTMLDivElement | null>
  chart: RefObject<ECharts | null>
  table: () => ChartTable
  format: (value: number, column: number) => string
}) {
  const { t } = useTranslation('charts')
  const [asTable, setAsTable] = useState(false)
  const titleId = useId()
  const { title } = props

  const savePicture = async (kind: 'png' | 'svg') => {
    const [chart, box] = [props.chart.current, props.box.current]
    if (!chart || !box) return
    const background = getComputedStyle(box).getPropertyValue('--panel').trim()
    if (kind === 'svg') {
      const { svgOf } = await import('./svg.ts')
      saveFile(fileNameOf(title, 'svg'), svgOf(chart, title, background), 'image/svg+xml')
    } else {
      const url = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: background })
      saveFile(fileNameOf(title, 'png'), blobOfDataUrl(url))
    }
  }

  return (
    <figure className="chart" data-table={asTable || undefined} aria-labelledby={titleId}>
      <div className="chart-head">
        <div className="chart-title" id={titleId} hidden={props.hideTitle}>
          {title}
          {props.note !== undefined && <span>{props.note}</span>}
        </div>
        {props.legend}
        <div className="chart-tools">
          <button
            type="button"
            aria-label={asTable ? t('showChartOf', { title }) : t('showTableOf', { title })}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t('showChart') : t('showTable')}
          </button>
          <button type="button" aria-label={t('savePngOf', { title })} onClick={() => void savePicture('png')}>
            {t('savePng')}
          </button>
          <button type="button" aria-label={t('saveSvgOf', { title })} onClick={() => void savePicture('svg')}>
            {t('saveSvg')}
          </button>
          <button
            type="button"
            aria-label={t('saveCsvOf', { title })}
            onClick={() => saveFile(fileNameOf(title, 'csv'), toCsv(props.table()), 'text/csv')}
          >
            {t('saveCsv')}
          </button>
        </div>
      </div>
      {/* The canvas stays mounted under the table, so that it can be saved and comes back at once. */}
      <div
        ref={props.box}
        role="img"
        aria-label={props.summary}
        style={
          asTable
            ? { height: props.height, width: '100%', position: 'absolute', visibility: 'hidden' }
            : { height: props.height, width: '100%' }
        }
      />
      {asTable && <DataTable title={title} height={props.height} table={props.table()} format={props.format} />}
    </figure>
  )
}

function DataTable(props: {
  title: string
  height: number
  table: ChartTable
  format: (value: number, column: number) => string
}) {
  const { t } = useTranslation('charts')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="chart-table" style={{ maxHeight: props.height }} aria-label={props.title} tabIndex={0}>
      <table>
        <caption>{props.title}</caption>
        <thead>
          <tr>
            {props.table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.table.rows.map((row) => (
            <tr key={String(row[0])}>
              {row.map((value, column) => (
                <td key={props.table.columns[column]}>
                  {value === null ? t('noData') : typeof value === 'number' ? props.format(value, column) : value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The names of the lines with their colour and dash, which are drawn as on the canvas. */
export function Legend(props: { items: { name: string; colour: string; dash: string }[] }) {
  return (
    <ul className="chart-legend">
      {props.items.map((item) => (
        <li key={item.name}>
          <svg width="18" height="8" aria-hidden="true">
            <line x1="0" y1="4" x2="18" y2="4" stroke={item.colour} strokeWidth="2" strokeDasharray={item.dash} />
          </svg>
          {item.name}
        </li>
      ))}
    </ul>
  )
}

/** Dashes by series, so that colour is not the only sign. */
export const DASHES: readonly ('solid' | number[])[] = ['solid', [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]]

export function dashText(index: number): string {
  const dash = DASHES[index % DASHES.length]
  return Array.isArray(dash) ? dash.join(' ') : 'none'
}
