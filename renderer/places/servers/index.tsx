import { useRoute } from '../../app/route.ts'
import { ServerList } from './server-list.tsx'
import { ServerPage } from './server-page.tsx'

export default function Servers() {
  const { id } = useRoute()
  return id === null ? <ServerList /> : <ServerPage hostId={id} />
}
