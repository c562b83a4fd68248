import commands from './commands.ts'
import files from './files.ts'

export default {
  product: 'Headroom',
  coreGone: 'The engine stopped while this was under way.',
  coreGoneFix: 'It is being restarted. Look at the present state, then try again.',
  skip: 'Skip to the content',
  navigation: 'Places',
  places: {
    now: 'Now',
    servers: 'Servers',
    plan: 'Plan',
    'what-if': 'What-if',
    playbooks: 'Playbooks',
    prices: 'Prices',
    settings: 'Settings',
  },
  ...commands,
  files,
  footer: {
    servers_one: '{{count}} server',
    servers_other: '{{count}} servers',
    sampled: 'sampled {{age}} ago',
    never: 'no samples yet',
  },
  down_one: '{{count}} server needs attention',
  down_other: '{{count}} servers need attention',
  shortcuts: {
    title: 'Shortcuts',
    palette:
      'Search or act: every server, stage, scenario, playbook, run, alert and price, and everything that can be done',
    paletteNth: 'In it: one of the first nine',
    help: 'This list',
    time: 'Charts of servers: earlier, later, twice as long, half as long',
    close: 'Close a dialog',
    general: 'Everywhere',
    places: 'Places',
    codes: 'By two letters after {{keys}}',
  },
  line: {
    gone: 'The engine stopped. Restarting…',
    long: 'The engine is still away. If Headroom was closed, start it again; this page reconnects by itself.',
    back: 'The engine is back. Everything was read again.',
    connecting: 'Connecting to the engine…',
  },
  loading: 'Loading…',
  notMeasured: 'not measured',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  problem: { label: 'Problem {{code}}', details: 'Details' },
  crashed: {
    title: 'This place could not be drawn',
    fix: 'Go to another place and come back, or reload the window. Nothing on your servers was touched.',
    part: 'A part of Headroom could not be loaded',
    partFix:
      'The engine was away, or Headroom was updated while this window was open. Reload the window; nothing that was saved is lost.',
    reload: 'Reload the window',
  },
} as const
