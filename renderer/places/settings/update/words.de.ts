export default {
  title: 'Aktualisierung',
  switch: 'Einmal am Tag nach neueren Versionen sehen',
  sent: 'Wenn dies an ist, fragt Headroom einmal am Tag {{host}} nach der neuesten Version. Dieser Server sieht die Adresse Ihres Netzes und die Zeit; weder Version noch Name noch Zahlen werden gesendet. Was er antwortet, zählt nur mit der Unterschrift derer, die dieses Programm gebaut haben.',
  noFeed:
    'Dieses Programm fragt niemanden nach neueren Versionen: Es stammt aus keiner Veröffentlichung. Aktualisieren Sie es so, wie es gebaut wurde.',
  current: 'Diese Version',
  checked: 'Zuletzt nachgesehen',
  never: 'nie',
  newest: 'Dies ist die neueste Version.',
  newer: 'Version {{version}} vom {{date}} ist da.',
  newerSize: 'Version {{version}} vom {{date}} ist da ({{size}}).',
  check: 'Jetzt nachsehen',
  download: 'Laden und prüfen',
  replaced: 'Version {{version}} ist eingesetzt. Sie läuft vom nächsten Start an.',
  ready: 'Version {{version}} ist geladen und geprüft:',
  install: 'Öffnen Sie sie zum Einrichten, wann es Ihnen passt.',
  command: 'Einrichten mit:',
}
