import { useQuery } from '@tanstack/react-query'
import { useQueryUtils } from '../../app/core.tsx'

/** A playbook by the name it has in the library; its id where there is none of that id. */
export function PlaybookLink({ id }: { id: string }) {
  const utils = useQueryUtils()
  const { data } = useQuery({ ...utils.playbooks.list.queryOptions(), staleTime: 60_000 })
  return <a href={`#/playbooks/${encodeURIComponent(id)}`}>{data?.find((one) => one.id === id)?.name ?? id}</a>
}
