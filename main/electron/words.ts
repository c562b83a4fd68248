/** The words of the native menus and dialogs; those of the page are in renderer/app/words. */
const en = {
  file: 'File',
  newWindow: 'New Window',
  openFile: 'Open File…',
  addServer: 'Add a Server…',
  planExport: 'Export the Plan as YAML…',
  planReport: 'Make a Report of the Plan…',
  close: 'Close Window',
  quit: 'Quit',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  planUndo: 'Undo Edit of the Plan',
  planRedo: 'Redo Edit of the Plan',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  copyAddress: 'Copy the Link to This Page',
  go: 'Go',
  back: 'Back',
  forward: 'Forward',
  palette: 'Search or Act…',
  places: {
    now: 'Now',
    servers: 'Servers',
    plan: 'Plan',
    'what-if': 'What-if',
    playbooks: 'Playbooks',
    prices: 'Prices',
    settings: 'Settings',
  },
  view: 'View',
  resetZoom: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Full Screen',
  window: 'Window',
  minimize: 'Minimise',
  help: 'Help',
  placeHelp: 'Help for This Place',
  shortcuts: 'Shortcuts',
  runs: (count: number) => (count === 1 ? 'A run is going on.' : `${count} runs are going on.`),
  runWaits: (step: string) => `waits for you at "${step}"`,
  runBetween: 'between two steps',
  runAt: (step: string) => `at "${step}"`,
  runDone: (step: string, percent: number) => `at "${step}", ${percent} % done`,
  afterQuit:
    'Commands that run detached, such as the copy of a database, go on on the servers; Headroom attaches to them again when it is started. Any other command in hand ends with the connection, and the run can be resumed from that step. Nothing new is begun while Headroom is closed.',
  stay: 'Stay',
  cannotOpen: 'Headroom cannot open this workspace',
  restoreOf: (time: string | null) => (time === null ? 'Restore the backup' : `Restore the backup of ${time}`),
  restoreEffect: (time: string | null, path: string) =>
    `Headroom can put the backup${time === null ? '' : ` of ${time}`} (${path}) in its place. What was entered since then is not in it. The damaged file is kept.`,
  pageEnds: (reason: string) => `The page of this window has ended several times (${reason}).`,
  pageEndsDetail:
    'The engine goes on: servers are measured, and runs are followed. Close other programs if memory is short, then load the page again. If it keeps ending, `headroom doctor` says what is wrong, and the same workspace opens in a browser by `headroom serve` after this app is closed.',
  loadAgain: 'Load Again',
  trayOpen: 'Open Headroom',
  trayServers: (count: number) => (count === 1 ? '1 server' : `${count} servers`),
  trayAlerts: (count: number) => (count === 0 ? 'no alerts' : count === 1 ? '1 alert' : `${count} alerts`),
  trayCritical: (count: number) => `${count} critical`,
  trayAway: 'The engine is away.',
}

export type DesktopWords = typeof en

const de: DesktopWords = {
  file: 'Datei',
  newWindow: 'Neues Fenster',
  openFile: 'Datei öffnen…',
  addServer: 'Server hinzufügen…',
  planExport: 'Plan als YAML exportieren…',
  planReport: 'Bericht über den Plan erstellen…',
  close: 'Fenster schließen',
  quit: 'Beenden',
  edit: 'Bearbeiten',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  planUndo: 'Änderung am Plan zurücknehmen',
  planRedo: 'Änderung am Plan wiederholen',
  cut: 'Ausschneiden',
  copy: 'Kopieren',
  paste: 'Einfügen',
  selectAll: 'Alles auswählen',
  copyAddress: 'Link auf diese Seite kopieren',
  go: 'Gehe zu',
  back: 'Zurück',
  forward: 'Vorwärts',
  palette: 'Suchen oder tun…',
  places: {
    now: 'Jetzt',
    servers: 'Server',
    plan: 'Plan',
    'what-if': 'Was wäre wenn',
    playbooks: 'Playbooks',
    prices: 'Preise',
    settings: 'Einstellungen',
  },
  view: 'Ansicht',
  resetZoom: 'Originalgröße',
  zoomIn: 'Vergrößern',
  zoomOut: 'Verkleinern',
  fullScreen: 'Vollbild',
  window: 'Fenster',
  minimize: 'Minimieren',
  help: 'Hilfe',
  placeHelp: 'Hilfe zu diesem Bereich',
  shortcuts: 'Tastenkürzel',
  runs: (count) => (count === 1 ? 'Ein Lauf ist im Gang.' : `${count} Läufe sind im Gang.`),
  runWaits: (step) => `wartet auf Sie bei „${step}“`,
  runBetween: 'zwischen zwei Schritten',
  runAt: (step) => `bei „${step}“`,
  runDone: (step, percent) => `bei „${step}“, ${percent} % getan`,
  afterQuit:
    'Befehle, die losgelöst laufen, wie die Kopie einer Datenbank, gehen auf den Servern weiter; Headroom schließt sich beim nächsten Start wieder an. Jeder andere laufende Befehl endet mit der Verbindung, und der Lauf lässt sich von diesem Schritt an fortsetzen. Nichts Neues beginnt, solange Headroom geschlossen ist.',
  stay: 'Bleiben',
  cannotOpen: 'Headroom kann diesen Arbeitsbereich nicht öffnen',
  restoreOf: (time) => (time === null ? 'Sicherung wiederherstellen' : `Sicherung von ${time} wiederherstellen`),
  restoreEffect: (time, path) =>
    `Headroom kann die Sicherung${time === null ? '' : ` von ${time}`} (${path}) an seine Stelle setzen. Was seither eingegeben wurde, ist nicht darin. Die beschädigte Datei bleibt erhalten.`,
  pageEnds: (reason) => `Die Seite dieses Fensters ist mehrmals abgebrochen (${reason}).`,
  pageEndsDetail:
    'Die Engine läuft weiter: Server werden gemessen, Läufe verfolgt. Schließen Sie andere Programme, falls der Speicher knapp ist, und laden Sie die Seite neu. Bricht sie weiter ab, sagt `headroom doctor`, was nicht stimmt, und derselbe Arbeitsbereich öffnet sich nach dem Beenden mit `headroom serve` in einem Browser.',
  loadAgain: 'Neu laden',
  trayOpen: 'Headroom öffnen',
  trayServers: (count) => `${count} Server`,
  trayAlerts: (count) => (count === 0 ? 'keine Alarme' : count === 1 ? '1 Alarm' : `${count} Alarme`),
  trayCritical: (count) => `${count} kritisch`,
  trayAway: 'Die Engine ist fort.',
}

export const words = { en, de } as const
export type DesktopLanguage = keyof typeof words

/** The first of the system's languages that there are words in; English where there is none. */
export function systemLanguage(wanted: readonly string[]): DesktopLanguage {
  for (const one of wanted) {
    const short = one.toLowerCase().split('-')[0]
    if (short === 'de' || short === 'en') return short
  }
  return 'en'
}
