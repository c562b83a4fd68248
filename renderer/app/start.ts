import { withAgain } from './again.ts'
import { askAhead } from './ask-ahead.ts'
import { reachCore } from './reach.ts'

// The engine is asked for what is shown first before the rest of the program is read, which takes it longer than to answer.
const core = reachCore()
const answers = askAhead(core)
void withAgain(() => import('./draw.tsx')).then(({ draw }) => draw(core, answers))
