import { useRoute } from '../../app/route.ts'
import { ComparePage } from './compare/compare-page.tsx'
import { ServerList } from './server-list.tsx'
import { ServerPage } from './server-page.tsx'

export default function Servers() {
  const { id } = useRoute()
  if (id === null) return <ServerList />
  return id === 'compare' ? <ComparePage /> : <ServerPage hostId={id} />
}
