import { Button, Menu, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Artifacts, Compared } from '../../../../shared/model/artifact.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { useIncoming } from '../../../app/files/incoming.ts'
import { useCommand } from '../../../app/palette/commands.ts'
import { ProblemNotice, QueryView } from '../../../ui/index.ts'
import { FileList } from './file-list.tsx'
import { FileView } from './file-view.tsx'
import styles from './files.module.css'
import { FolderBar } from './folder-bar.tsx'
import { ImportCompose } from './import-compose.tsx'
import { ImportInventory } from './import-inventory.tsx'

type Stage = Plan['stages'][number]

/** The files that a stage becomes: looked at, compared with a folder, written there. */
export default function StageFiles(props: {
  plan: Plan
  stage: Stage
  revision: number
  onStage: (id: string) => void
}) {
  const { plan, stage, revision, onStage } = props
  const utils = useQueryUtils()
  const query = useQuery({
    ...utils.artifacts.make.queryOptions({ input: { stage: stage.id } }),
    queryKey: [...utils.artifacts.make.queryKey({ input: { stage: stage.id } }), plan.id, revision],
    placeholderData: (before) => (before?.stage === stage.id ? before : undefined),
  })
  return (
    <QueryView query={query}>
      {(made) => <Files key={stage.id} plan={plan} stage={stage} made={made} onStage={onStage} />}
    </QueryView>
  )
}

function Files(props: {
  plan: Plan
  stage: Stage
  made: Artifacts & { folder: string | null }
  onStage: (id: string) => void
}) {
  const { plan, stage, made, onStage } = props
  const { t } = useTranslation('planFiles')
  const core = useCore()
  const [chosen, setChosen] = useState<string | null>(null)
  const [folder, setFolder] = useState(made.folder ?? '')
  const [agreed, setAgreed] = useState<Record<string, string>>({})
  const [importing, setImporting] = useState<'compose' | 'inventory' | null>(null)
  const [given, setGiven] = useState<File | undefined>()
  const take = (kind: 'compose' | 'inventory', file?: File) => {
    setGiven(file)
    setImporting(kind)
  }
  useIncoming('compose', (file) => take('compose', file))
  useIncoming('inventory', (file) => take('inventory', file))
  useCommand('importCompose', () => take('compose'))
  useCommand('importInventory', () => take('inventory'))
  const compare = useMutation({
    mutationFn: (where: string) => core.artifacts.compare({ stage: stage.id, folder: where, all: false }),
    onSuccess: () => setAgreed({}),
  })
  const files = compare.data?.files ?? []
  const toWrite = files.filter((one) => wouldWrite(one, agreed))
  const write = useMutation({
    mutationFn: () =>
      core.artifacts.write({
        stage: stage.id,
        folder: compare.data?.folder ?? folder,
        ids: toWrite.flatMap(({ id }) => (id === null ? [] : [id])),
        confirmed: agreed,
      }),
    onSuccess: ({ folder: where }) => compare.mutate(where),
  })
  const artifact =
    made.artifacts.find(({ id }) => id === chosen) ?? made.artifacts.find(({ fits }) => fits) ?? made.artifacts[0]
  const compared = new Map(files.map((one) => [one.path, one]))
  const here = artifact && compared.get(artifact.path)
  const problem = compare.error ?? write.error
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <NativeSelect
          size="xs"
          aria-label={t('stage')}
          value={stage.id}
          onChange={(event) => onStage(event.currentTarget.value)}
          data={plan.stages.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <p className={styles.soft}>{t('intro')}</p>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" variant="default">
              {t('import')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => take('compose')}>{t('importCompose')}</Menu.Item>
            <Menu.Item onClick={() => take('inventory')}>{t('importInventory')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <FolderBar
        folder={folder}
        onFolder={(next) => {
          setFolder(next)
          compare.reset()
          write.reset()
        }}
        comparing={compare.isPending}
        onCompare={(where) => {
          write.reset()
          compare.mutate(where)
        }}
        count={compare.data ? toWrite.length : null}
        writing={write.isPending}
        onWrite={() => write.mutate()}
        told={told(compare.data, write.data, t)}
      />
      {problem && <ProblemNotice problem={problemFrom(problem)} />}
      <div className={styles.layout}>
        <FileList
          made={made}
          stageName={stage.name}
          compared={compared}
          chosen={artifact?.id ?? ''}
          onChoose={setChosen}
        />
        {artifact && (
          <FileView
            key={artifact.id}
            artifact={artifact}
            compared={here}
            agreed={agreed[artifact.path] !== undefined}
            onAgree={(yes) =>
              setAgreed((before) => {
                const { [artifact.path]: _, ...rest } = before
                return yes && here?.found ? { ...rest, [artifact.path]: here.found } : rest
              })
            }
          />
        )}
      </div>
      {importing === 'compose' && <ImportCompose stage={stage} given={given} onClose={() => setImporting(null)} />}
      {importing === 'inventory' && (
        <ImportInventory plan={plan} stage={stage} given={given} onClose={() => setImporting(null)} />
      )}
    </div>
  )
}

/** What somebody changed by hand is written over only once it was agreed to. */
const wouldWrite = ({ state, path, id }: Compared, agreed: Readonly<Record<string, string>>): boolean =>
  id !== null && (state === 'new' || state === 'ours' || (state === 'edited' && agreed[path] !== undefined))

function told(
  compared: { folder: string; files: Compared[] } | undefined,
  written: { folder: string; written: string[] } | undefined,
  t: ReturnType<typeof useTranslation<'planFiles'>>['t'],
): string | null {
  if (written) return t('written', { count: written.written.length, folder: written.folder })
  if (!compared) return null
  const changed = compared.files.filter(({ state }) => state !== 'same').length
  const { folder } = compared
  return changed === 0 ? t('asPlanned', { folder }) : t('summary', { changed, all: compared.files.length, folder })
}
