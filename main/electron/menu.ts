import { Menu, type MenuItemConstructorOptions } from 'electron'
import { PAGE, routeAddress } from './addresses.ts'
import type { Windows } from './windows.ts'

const PLACES = [
  ['Now', 'now'],
  ['Servers', 'servers'],
  ['Plan', 'plan'],
  ['What-if', 'what-if'],
  ['Playbooks', 'playbooks'],
  ['Prices', 'prices'],
  ['Settings', 'settings'],
] as const

/** What every desktop expects, the places, and the commands of the page by their names. Nothing reloads or inspects it. */
export function setMenu(windows: Windows): void {
  const isMac = process.platform === 'darwin'
  const command = (label: string, name: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => windows.show(PAGE)?.webContents.send('headroom-command', name),
  })
  const separator = { type: 'separator' as const }
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: 'File',
      submenu: [
        { label: 'New Window', accelerator: 'CmdOrCtrl+N', click: () => void windows.open(PAGE) },
        command('Open File…', 'openFile', 'CmdOrCtrl+O'),
        separator,
        command('Add a Server…', 'addServer'),
        command('Export the Plan as YAML…', 'planExport'),
        command('Make a Report of the Plan…', 'planReport'),
        separator,
        { role: 'close' },
        ...(isMac ? [] : [{ role: 'quit' as const }]),
      ],
    },
    {
      label: 'Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        // Without keys: in the Plan place the page takes Ctrl/Cmd-Z before the menu does.
        command('Undo Edit of the Plan', 'undo'),
        command('Redo Edit of the Plan', 'redo'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        separator,
        command('Copy the Link to This Page', 'copyAddress'),
      ],
    },
    {
      label: 'Go',
      submenu: [
        command('Back', 'back', isMac ? 'Cmd+[' : 'Alt+Left'),
        command('Forward', 'forward', isMac ? 'Cmd+]' : 'Alt+Right'),
        command('Search or Act…', 'palette'),
        separator,
        ...PLACES.map(
          ([label, name], index): MenuItemConstructorOptions => ({
            label,
            accelerator: `CmdOrCtrl+${index + 1}`,
            click: () => {
              const address = routeAddress(`#/${name}`)
              void windows.show(address)?.loadURL(address)
            },
          }),
        ),
      ],
    },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    { label: 'Help', role: 'help', submenu: [command('Shortcuts', 'shortcuts')] },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
