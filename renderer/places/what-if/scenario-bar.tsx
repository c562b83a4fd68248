import { ActionIcon, Button, Group, Menu, Modal, Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Assumptions } from '../../../shared/model/scenario.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { useCommand } from '../../app/palette/commands.ts'
import { go, useRoute } from '../../app/route.ts'
import { ReportButton } from '../../report/index.ts'
import { ProblemNotice, Tag } from '../../ui/index.ts'
import { useWhatIf } from './assumptions.ts'
import bar from './scenario-bar.module.css'
import { sameAssumptions, useScenarioChoice } from './scenario-state.ts'

type Asking = { kind: 'save' } | { kind: 'rename'; id: string; name: string } | null

/** Which kept scenario lies under the sliders, and what can be done with it. */
export function ScenarioBar({ plan, value }: { plan: Plan; value: Assumptions }) {
  const { t } = useTranslation('scenarios')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const list = useQuery(utils.scenarios.list.queryOptions())
  const reset = useWhatIf((state) => state.reset)
  const change = useWhatIf((state) => state.change)
  const chosenId = useScenarioChoice((state) => state.chosen[plan.id] ?? null)
  const choose = useScenarioChoice((state) => state.choose)
  const [asking, setAsking] = useState<Asking>(null)

  const scenarios = list.data?.scenarios ?? []
  const damaged = list.data?.damaged ?? []
  const chosen = scenarios.find((one) => one.id === chosenId) ?? null
  const changed = chosen !== null && !sameAssumptions(chosen.assumptions, value)
  const ids = scenarios.map((one) => one.id)
  const at = chosen ? ids.indexOf(chosen.id) : -1

  const load = (id: string | null) => {
    choose(plan.id, id)
    const scenario = scenarios.find((one) => one.id === id)
    reset(plan.id)
    if (scenario) {
      const { start: _, ...assumptions } = scenario.assumptions
      change(plan.id, assumptions)
    }
  }
  useCommand('saveScenario', () => setAsking({ kind: 'save' }))
  // An address that names a scenario lays it under the sliders once, and is then the place's own again.
  const named = useRoute().query.get('scenario')
  const isKept = named !== null && scenarios.some((one) => one.id === named)
  const wanted = isKept ? () => load(named) : null
  useEffect(() => {
    if (wanted === null) return
    wanted()
    go('/what-if', { replace: true })
  }, [wanted])
  const act = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: () => queries.invalidateQueries({ queryKey: utils.scenarios.list.key() }),
  })
  const run = (work: () => Promise<unknown>) => act.mutate(work)

  const remove = (id: string, name: string) =>
    run(async () => {
      await core.scenarios.remove({ id })
      if (id === chosenId) choose(plan.id, null)
      const notice = `removed-${id}`
      notifications.show({
        id: notice,
        autoClose: 12_000,
        message: (
          <Group justify="space-between" wrap="nowrap">
            {t('removed', { name })}
            <Button
              size="compact-xs"
              variant="light"
              onClick={() => {
                notifications.hide(notice)
                run(async () => {
                  await core.scenarios.restore({ id })
                  choose(plan.id, id)
                  notifications.show({ message: t('restored', { name }) })
                })
              }}
            >
              {t('undo')}
            </Button>
          </Group>
        ),
      })
    })

  const move = (by: number) => {
    const order = [...ids]
    const [id] = order.splice(at, 1)
    if (id === undefined) return
    order.splice(at + by, 0, id)
    run(() => core.scenarios.reorder({ ids: order }))
  }

  return (
    <section className={bar.bar} aria-label={t('scenario')}>
      <div className={bar.row}>
        <Select
          aria-label={t('scenario')}
          className={bar.choice}
          size="xs"
          allowDeselect={false}
          value={chosen?.id ?? ''}
          data={[
            { value: '', label: t('none') },
            ...scenarios.map((one) => ({
              value: one.id,
              label: one.plan === plan.id ? one.name : `${one.name} (${t('ofOther', { plan: one.planName })})`,
            })),
          ]}
          onChange={(next) => load(next === '' ? null : next)}
        />
        {changed && <Tag tone="warn">{t('changed')}</Tag>}
        <div className={bar.actions}>
          {chosen && (
            <Button
              size="xs"
              variant="light"
              disabled={!changed}
              loading={act.isPending}
              onClick={() =>
                run(async () => {
                  await core.scenarios.save({ id: chosen.id, name: chosen.name, assumptions: value })
                  notifications.show({ message: t('saved', { name: chosen.name }) })
                })
              }
            >
              {t('save')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => setAsking({ kind: 'save' })}>
            {t('saveAs')}
          </Button>
          <ReportButton
            subject={{
              kind: 'plan',
              scenario: {
                name: chosen === null ? null : changed ? t('changedName', { name: chosen.name }) : chosen.name,
                assumptions: value,
              },
            }}
          />
          {chosen && (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="default" size="sm" aria-label={t('more')}>
                  ⋯
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item disabled={!changed} onClick={() => load(chosen.id)}>
                  {t('revert')}
                </Menu.Item>
                <Menu.Item
                  onClick={() =>
                    run(async () => {
                      const { id } = await core.scenarios.duplicate({ id: chosen.id })
                      choose(plan.id, id)
                    })
                  }
                >
                  {t('duplicate')}
                </Menu.Item>
                <Menu.Item onClick={() => setAsking({ kind: 'rename', id: chosen.id, name: chosen.name })}>
                  {t('rename')}
                </Menu.Item>
                <Menu.Item disabled={at <= 0} onClick={() => move(-1)}>
                  {t('up')}
                </Menu.Item>
                <Menu.Item disabled={at >= ids.length - 1} onClick={() => move(1)}>
                  {t('down')}
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item color="red" onClick={() => remove(chosen.id, chosen.name)}>
                  {t('remove')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
      </div>
      {chosen && chosen.gone.length > 0 && (
        <div className={bar.gone} role="note">
          <strong>{t('goneTitle')}</strong>
          <ul>
            {chosen.gone.map((one) => (
              <li key={one.field}>{one.why}</li>
            ))}
          </ul>
        </div>
      )}
      {damaged.length > 0 && (
        <div className={bar.gone} role="note">
          {t('damaged', { names: damaged.map((one) => one.name).join(', ') })}{' '}
          {damaged.map((one) => (
            <Button key={one.id} size="xs" variant="subtle" onClick={() => remove(one.id, one.name)}>
              {t('removeDamaged', { name: one.name })}
            </Button>
          ))}
        </div>
      )}
      {list.isError && <ProblemNotice problem={problemFrom(list.error)} onRetry={() => void list.refetch()} />}
      {act.isError && asking === null && <ProblemNotice problem={problemFrom(act.error)} />}
      {asking !== null && (
        <NameDialog
          title={asking.kind === 'save' ? t('nameTitle') : t('renameTitle', { name: asking.name })}
          first={asking.kind === 'rename' ? asking.name : ''}
          onClose={() => setAsking(null)}
          onName={async (name) => {
            if (asking.kind === 'rename') await core.scenarios.rename({ id: asking.id, name })
            else {
              const { id } = await core.scenarios.save({ name, assumptions: value })
              choose(plan.id, id)
              notifications.show({ message: t('saved', { name }) })
            }
            await queries.invalidateQueries({ queryKey: utils.scenarios.list.key() })
            setAsking(null)
          }}
        />
      )}
    </section>
  )
}

/** Asks for a name; a name that is refused stays with the reason under it. */
function NameDialog(props: {
  title: string
  first: string
  onClose: () => void
  onName: (name: string) => Promise<void>
}) {
  const { t } = useTranslation('scenarios')
  const [name, setName] = useState(props.first)
  const naming = useMutation({ mutationFn: () => props.onName(name.trim()) })
  const problem = naming.isError ? problemFrom(naming.error) : null
  return (
    <Modal opened onClose={props.onClose} title={props.title} closeButtonProps={{ 'aria-label': t('cancel') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '') naming.mutate()
        }}
      >
        <TextInput
          label={t('name')}
          placeholder={t('nameExample')}
          value={name}
          maxLength={80}
          data-autofocus
          error={problem ? `${problem.fact} ${problem.fix}` : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={props.onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={naming.isPending}>
            {t('save')}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
