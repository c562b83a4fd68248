import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './drawing.module.css'
import { type Frame, savePng, saveSvg, svgText } from './save-drawing.ts'

/** Table or drawing, and saving the drawing; `more` are the drawing's own further files. */
export function DrawingTools(props: {
  title: string
  asTable: boolean
  onTable: (asTable: boolean) => void
  drawing: () => { svg: SVGSVGElement; frame: Frame; untransformed?: SVGGElement | null } | null
  children?: ReactNode
}) {
  const { t } = useTranslation('drawing')
  const { title, asTable } = props
  const save = (kind: 'svg' | 'png') => {
    const drawing = props.drawing()
    if (!drawing) return
    const text = svgText(title, drawing.svg, drawing.frame, drawing.untransformed)
    if (kind === 'svg') saveSvg(title, text)
    else void savePng(title, text, drawing.frame)
  }
  return (
    <div className={styles.tools}>
      <button
        type="button"
        aria-label={asTable ? t('showDrawingOf', { title }) : t('showTableOf', { title })}
        onClick={() => props.onTable(!asTable)}
      >
        {asTable ? t('showDrawing') : t('showTable')}
      </button>
      {!asTable && (
        <>
          <button type="button" aria-label={t('savePngOf', { title })} onClick={() => save('png')}>
            {t('savePng')}
          </button>
          <button type="button" aria-label={t('saveSvgOf', { title })} onClick={() => save('svg')}>
            {t('saveSvg')}
          </button>
        </>
      )}
      {props.children}
    </div>
  )
}
