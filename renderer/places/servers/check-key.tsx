import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { networkAddress } from '../../../shared/format/host-address.ts'
import type { Host } from '../../../shared/model/host.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { ProblemNotice } from '../../ui/index.ts'
import { HostKeyDialog, type ShownKey } from './host-key.tsx'
import { unknownKey } from './use-add-server.ts'

/** Lets the operator judge the key of a server that is in the workspace already, then connects again. */
export function CheckKey({ host }: { host: Host }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [check, setCheck] = useState<ShownKey | null>(null)
  const scan = useMutation({
    // A name of the SSH configuration may lead over several servers; its own problem names the one whose key is unknown.
    mutationFn: async (): Promise<ShownKey> => {
      const named = host.problem && unknownKey(host.problem)
      if (host.authKind === 'config' && named) return named
      return core.hosts.scanKey({ address: networkAddress(host), port: host.route?.port ?? host.port ?? 22 })
    },
    onSuccess: async (found) => {
      if (found.status === 'known') await test.mutateAsync()
      else setCheck(found)
    },
  })
  const test = useMutation({
    mutationFn: async () => {
      if (check?.status === 'unknown') await core.hosts.acceptKey(check.key)
      return core.hosts.test({ hostId: host.id })
    },
    onSettled: async () => {
      setCheck(null)
      await queries.invalidateQueries({ queryKey: utils.hosts.key() })
    },
  })
  const failed = scan.error ?? test.error
  return (
    <>
      <Button size="compact-xs" variant="default" loading={scan.isPending} onClick={() => scan.mutate()}>
        {t('key.check')}
      </Button>
      {failed !== null && <ProblemNotice problem={problemFrom(failed)} />}
      {check && (
        <HostKeyDialog
          check={check}
          busy={test.isPending}
          onTrust={() => test.mutate()}
          onCancel={() => setCheck(null)}
        />
      )}
    </>
  )
}
