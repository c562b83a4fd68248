import { useTranslation } from 'react-i18next'
import { formatAvailability } from '../../../../shared/format/availability.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import type { NodeChange, TopologyDiff } from '../../../../shared/planning/topology-diff.ts'
import planStyles from '../plan.module.css'
import type { NodeWords, TopologyNode } from './describe.ts'
import styles from './topology.module.css'

/** The same topology as two tables. */
export function TopologyTables(props: {
  stage: Stage
  nodes: readonly TopologyNode[]
  links: TopologyDiff['links']
  words: ReadonlyMap<string, NodeWords>
  changes: ReadonlyMap<string, NodeChange> | null
}) {
  const { t } = useTranslation('topology')
  const { stage, nodes, links, changes } = props
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.name || id
  const changeOf = (node: TopologyNode) => {
    const change = changes?.get(node.id)
    if (!change) return ''
    return [t(`change.${change.change}`), ...(props.words.get(node.id)?.changes ?? [])].join('; ')
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.tables} tabIndex={0} aria-label={t('titleOf', { stage: stage.name })}>
      <table className={planStyles.table} data-left="" aria-label={t('table.nodes', { stage: stage.name })}>
        <thead>
          <tr>
            <th scope="col">{t('table.node')}</th>
            <th scope="col">{t('table.kind')}</th>
            <th scope="col">{t('table.size')}</th>
            <th scope="col">{t('table.where')}</th>
            <th scope="col">{t('table.up')}</th>
            <th scope="col">{t('table.services')}</th>
            {changes && <th scope="col">{t('table.change')}</th>}
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => {
            const words = props.words.get(node.id) as NodeWords
            return (
              <tr key={node.id}>
                <th scope="row">{node.name || node.id}</th>
                <td>{[words.kind, words.optional ? t('optional') : ''].filter(Boolean).join(', ')}</td>
                <td>{words.size || t('table.notStated')}</td>
                <td>{[node.region, node.group].filter(Boolean).join(', ') || t('table.notStated')}</td>
                <td>
                  {node.availability === undefined ? t('table.notStated') : formatAvailability(node.availability)}
                </td>
                <td>
                  {node.services.map((one, at) => [words.services[at], one.image].filter(Boolean).join(' ')).join(', ')}
                </td>
                {changes && <td>{changeOf(node)}</td>}
              </tr>
            )
          })}
        </tbody>
      </table>
      {links.length === 0 ? (
        <p className={styles.help}>{t('table.noLinks')}</p>
      ) : (
        <table className={planStyles.table} data-left="" aria-label={t('table.links', { stage: stage.name })}>
          <thead>
            <tr>
              <th scope="col">{t('table.from')}</th>
              <th scope="col">{t('table.to')}</th>
              <th scope="col">{t('table.up')}</th>
              {changes && <th scope="col">{t('table.change')}</th>}
            </tr>
          </thead>
          <tbody>
            {links.map(({ link, change }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: links have no id and may be doubled
              <tr key={`${link.from} ${link.to} ${at}`}>
                <th scope="row">{nameOf(link.from)}</th>
                <td>{nameOf(link.to)}</td>
                <td>
                  {link.availability === undefined ? t('table.notStated') : formatAvailability(link.availability)}
                </td>
                {changes && <td>{t(`change.${change}`)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
