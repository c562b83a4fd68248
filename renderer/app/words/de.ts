import update from '../../places/settings/update/words.de.ts'
import language from './language.de.ts'

/** German, loaded when it is spoken: the same keys and plural forms as in `en`. What it lacks is shown in English. */
export const de = { language, update }
