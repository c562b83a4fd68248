/** The help of each place and the tour; the namespace `help`. What stands here must be true of what the app does. */
export default {
  title: 'Help: {{place}}',
  close: 'Close the help',
  others: 'Help for another place',
  offline: 'This help is part of Headroom and works without a network.',
  pages: {
    now: {
      question: 'Where am I, and what should I do next?',
      parts: {
        verdict: {
          title: 'The verdict',
          text: 'One sentence made of the rules of your present stage: its limits, triggers, guard rails and capacity. Evidence below names each rule with what was observed, its threshold, how long it held of the time asked for, and how much of the window was measured; “chart” opens the series at that time.',
        },
        unknown: {
          title: 'No data is not “fine”',
          text: 'A rule whose window has too few samples is shown as unknown and never counts as quiet. Where too much is unknown, the verdict says that it cannot be judged.',
        },
        ladder: {
          title: 'The ladder',
          text: 'The stages of the plan, the largest on top. Of the present one, the bar is filled as far as today’s driver uses its stated capacity. “Measured: due” comes from forecasts of your servers; “by growth” from the plan’s growth, P10 to P90 of the simulated paths.',
        },
        runways: {
          title: 'Runways',
          text: 'When a measured series is expected to reach a limit or trigger: the middle of the forecast, and the range in which its band gets there.',
        },
        alerts: {
          title: 'Alerts',
          text: 'A rule fires when every sample of its time breaches it. Acknowledge says that somebody looks at it; Snooze keeps it quiet for a while. Nothing alerts while this computer sleeps or Headroom is closed; Now says which time was missed.',
        },
        next: {
          title: 'Next, and planning to add more',
          text: 'Next lists free fixes first, then playbooks for rules that fired, then the move; each leads to a preview. “Planning to add more?” judges every rule as it would be with so many more tenants, users or requests, and names what binds first.',
        },
      },
    },
    servers: {
      question: 'How are they?',
      parts: {
        add: {
          title: 'Adding a server',
          text: 'With a key file, your SSH agent, a password, or a name of ~/.ssh/config. The host key is shown for you to judge before the first sign-in, and verified at every one after it. Nothing is installed: a round is one SSH command that reads figures.',
        },
        table: {
          title: 'The table',
          text: 'Filter by words in name, address, tag, stage, state or problem; tag:, stage: and state: look at that alone, and a minus in front excludes. Group, sort and choose columns; pick several servers to compare them or to give them tags and a stage.',
        },
        charts: {
          title: 'Charts',
          text: 'All charts of a page share their time and crosshair. Drag across one to zoom; Back undoes it, since the time is in the address. A gap in the measurements is drawn as a gap. Each chart has its figures as a table, and exports as PNG and CSV.',
        },
        forecast: {
          title: 'Forecasts',
          text: 'Several ways of forecasting are tested on the series’ own past; the best is shown with its band, its error, and how often the band held. A series that is too short gets none.',
        },
        services: {
          title: 'Services and own metrics',
          text: 'Redis, PgBouncer, web addresses, certificates, Kubernetes, and numbers of your own from a command or a read-only query. Try shows the answer before anything is saved.',
        },
        history: {
          title: 'History from before',
          text: 'sysstat archives of the server, a Prometheus, or a CSV file fill the time of which Headroom knows nothing. What is measured already is never written over.',
        },
      },
    },
    plan: {
      question: 'What are my stages?',
      parts: {
        stages: {
          title: 'Stages',
          text: 'A plan is a ladder of stages, each with cost rows, capacity, limits, triggers, prerequisites and risks. A limit says when a stage is unwell; a trigger says when to leave it, and for which one; a guard rail says what not to do.',
        },
        edit: {
          title: 'Editing',
          text: 'Every field is saved as you leave it. Undo and redo know every edit and survive a restart; History goes back to any of them. The parts that have no form can be edited as YAML, checked before they are saved.',
        },
        costs: {
          title: 'Costs',
          text: 'Sums are computed from the rows and compared with what the source states; where they differ, it says so. A price comes from the catalogue with its date, or is your own. A row without a price makes the sum incomplete and not zero.',
        },
        demand: {
          title: 'Drivers and demand',
          text: 'Under “Whole plan”: what grows (tenants, users, requests), how, and what each one asks of CPU, memory, disk or connections. Capacity, overload and What-if are computed from these. What-if, Measured fits them to your data.',
        },
        roadmap: {
          title: 'Roadmap',
          text: 'The work of each stage as early as what it waits for allows, the critical path, and the latest day to begin so as to be ready when triggers are expected. It exports as CSV and as a calendar.',
        },
        files: {
          title: 'Files',
          text: 'Compose, Swarm, Kubernetes, PgBouncer, PostgreSQL, proxies, Prometheus rules and more, made from a stage; each value names its row. They are compared with your folder first, and a file changed by hand is left alone unless you agree.',
        },
      },
    },
    'what-if': {
      question: 'What will it cost, and when?',
      parts: {
        sliders: {
          title: 'Scenarios',
          text: 'Sliders begin with the plan and change nothing in it. Save keeps them under a name. While a slider moves you see a preview of fewer paths; the full number follows when it rests. The same seed gives the same result.',
        },
        bands: {
          title: 'Reading the bands',
          text: 'The line is the middle path (P50); the band holds 80% of the simulated paths (P10 to P90). A month is overloaded where demand is over what the stage offers. The basis line names paths, seed and the standard error of the costs.',
        },
        compare: {
          title: 'Compare',
          text: 'Every scenario runs on the same paths, so that a difference is its own and not chance. The tornado moves each assumption alone and shows which of them the result hangs on.',
        },
        cheapest: {
          title: 'Cheapest path',
          text: 'The cheapest order of stages that stays within a risk of overload, with what binds: the risk limit, lead times, minimum stays, or moves that cannot be undone.',
        },
        autoscaling: {
          title: 'Auto-scaling',
          text: 'A week of load through the documented rules of the HPA, KEDA and node pools: replicas, cost, and the minutes in which they are late, beside fixed sizes on the same load.',
        },
        measured: {
          title: 'Measured, and other providers',
          text: 'Measured fits growth, demand and load tests to your data with 95% intervals, and says why where data is too thin. Other providers holds the load of your servers against every plan in the price catalogue.',
        },
      },
    },
    playbooks: {
      question: 'How do I do it?',
      parts: {
        preview: {
          title: 'Preview',
          text: 'It connects and runs checks that only read, and then shows the exact commands of every server, the changes of files, the downtime, and what cannot be undone. Steps that are done already are skipped.',
        },
        run: {
          title: 'The run',
          text: 'It starts only if a fresh check gives the same plan as the preview. A server belongs to one run at a time. Some steps wait for you; a run can be stopped, resumed from the first step that is not done, and undone as far as its steps name a way back.',
        },
        link: {
          title: 'When the link is lost',
          text: 'Steps marked “survives a lost link” go on on the server; Headroom attaches to them again. Any other command ends with its connection, and Resume begins with that step.',
        },
        proof: {
          title: 'Proof and journal',
          text: 'Where data moves, rows and checksums of both sides are compared. The journal of a run is a chain: an entry that was altered later is found. Journals export as Markdown and JSON.',
        },
        secrets: {
          title: 'Secrets',
          text: 'A secret goes to the engine and over standard input to the server: into no argument, no log, no journal and no export.',
        },
        own: {
          title: 'Your own',
          text: 'Copy a shipped one or begin a new one; the editor completes and checks while you write. A rehearsal tries it first; as a shell script or Ansible playbook the same work can be done by hand.',
        },
      },
    },
    prices: {
      question: 'What does it cost?',
      parts: {
        catalogue: {
          title: 'The catalogue',
          text: 'Ships with Headroom and is read offline. Each price names its source, its date and how far it can be relied on. After 90 days without a check it is marked old, after 180 stale.',
        },
        own: {
          title: 'Own prices',
          text: 'A quote or a contract. Under the name of an entry of the catalogue it takes the place of that entry, until you remove it. They export and import as CSV and JSON, with a preview.',
        },
        refresh: {
          title: 'Refreshing',
          text: 'Only when you ask, and only the provider’s own public list is read. You see each change, and what it does to your plan, before anything counts. What a list no longer has stays, marked as gone.',
        },
        compare: {
          title: 'Comparing',
          text: 'Choose two or more for a table of sizes and of the price per vCPU and per GB. To hold prices against the load of your servers, go to What-if, Other providers.',
        },
      },
    },
    settings: {
      question: 'How does Headroom work here?',
      parts: {
        secrets: {
          title: 'Secrets',
          text: 'In the keychain of the system, in a vault under a passphrase of yours, or in memory only; the panel says which. They are never in the database in clear, and a lost passphrase cannot be recovered.',
        },
        keys: {
          title: 'Known host keys',
          text: 'Keys that you accepted here, and those of your known_hosts. To forget one means that the next connection shows the key for you to judge again.',
        },
        backups: {
          title: 'Backups and export',
          text: 'Backups are made while Headroom works, and every byte is checked before one is put back. Export writes the whole workspace into one file; an import shows what is in it first, and what it replaces stays in the list of backups.',
        },
        alerts: {
          title: 'Alert rules and how alerts are told',
          text: 'The limits of the present stage are rules by themselves; add your own, mute them, and say where they are told and when to be quiet.',
        },
        trouble: {
          title: 'When something is wrong',
          text: 'The self-check looks at everything Headroom stands on and says how to mend it. The report for a bug is redacted, and you read it before it is saved; Headroom sends it nowhere.',
        },
        privacy: {
          title: 'What leaves this computer',
          text: 'The SSH connections to your servers, and what you ask for by name: a price list, a Prometheus, a web check, a message about an alert, the daily look for a newer version.',
        },
      },
    },
  },
  tour: {
    label: 'Tour',
    offer: 'New here? Six stops, one minute.',
    start: 'Take the tour',
    never: 'Not again',
    of: '{{step}} of {{count}}',
    back: 'Back',
    next: 'Next',
    done: 'Done',
    end: 'End the tour',
    stops: {
      now: 'Now is one verdict with its evidence: where you are on the ladder, what runs out when, what to do next.',
      servers: 'Servers holds what is measured. Nothing is installed on them; each host key is shown to you first.',
      plan: 'Plan is your ladder of stages: costs, limits, triggers, roadmap. Start from a blueprint; undo knows every edit.',
      'what-if':
        'What-if computes what growth costs and when to move, as bands of simulated paths. Sliders change nothing in the plan.',
      playbooks:
        'Playbooks do the move: exact commands first, then the run, then proof. Nothing runs before you agree.',
      search:
        'From anywhere, {{keys}} finds every object and action, F1 opens the help of a place, and ? lists the keys.',
    },
  },
} as const
