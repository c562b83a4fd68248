export default {
  label: 'Sprache',
  auto: 'Wie das System',
  help: 'Pläne, Playbooks und Meldungen der Engine bleiben auf Englisch.',
}
