export default {
  label: 'Language',
  auto: 'As the system',
  help: 'Plans, playbooks and what the engine reports stay in English.',
} as const
