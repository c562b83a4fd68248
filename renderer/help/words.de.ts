export default {
  title: 'Hilfe: {{place}}',
  close: 'Hilfe schließen',
  others: 'Hilfe zu einem anderen Bereich',
  offline: 'Diese Hilfe gehört zu Headroom und braucht kein Netz.',
  pages: {
    now: {
      question: 'Wo stehe ich, und was soll ich als Nächstes tun?',
      parts: {
        verdict: {
          title: 'Das Urteil',
          text: 'Ein Satz aus den Regeln Ihrer jetzigen Stufe: Grenzwerte, Auslöser, Leitplanken und Kapazität. Die Belege darunter nennen zu jeder Regel, was beobachtet wurde, ihre Schwelle, wie lange sie von der verlangten Zeit hielt und wie viel des Zeitraums gemessen ist; „Diagramm“ öffnet die Messreihe zu dieser Zeit.',
        },
        unknown: {
          title: 'Keine Daten heißt nicht „in Ordnung“',
          text: 'Eine Regel, deren Zeitraum zu wenige Messwerte hat, gilt als unbekannt und nie als ruhig. Wo zu viel unbekannt ist, sagt das Urteil, dass es sich nicht fällen lässt.',
        },
        ladder: {
          title: 'Die Leiter',
          text: 'Die Stufen des Plans, die größte oben. Bei der jetzigen ist der Balken so weit gefüllt, wie der heutige Treiber ihre genannte Kapazität auslastet. „Gemessen: fällig“ kommt aus Vorhersagen Ihrer Server, „Wachstum“ aus dem Wachstum des Plans, P10 bis P90 der simulierten Verläufe.',
        },
        runways: {
          title: 'Spielräume',
          text: 'Wann eine gemessene Reihe voraussichtlich einen Grenzwert oder Auslöser erreicht: die Mitte der Vorhersage, und die Spanne, in der ihr Band dort ankommt.',
        },
        alerts: {
          title: 'Alarme',
          text: 'Eine Regel löst aus, wenn jeder Messwert ihrer Dauer sie verletzt. Bestätigen sagt, dass jemand danach sieht; Zurückstellen hält sie eine Weile still. Solange dieser Rechner schläft oder Headroom geschlossen ist, alarmiert nichts; Jetzt nennt die versäumte Zeit.',
        },
        next: {
          title: 'Als Nächstes, und mehr Last',
          text: 'Als Nächstes nennt erst kostenlose Abhilfen, dann Playbooks für ausgelöste Regeln, dann den Umzug; jedes führt zu einer Vorschau. „Soll mehr dazukommen?“ beurteilt jede Regel so, wie sie mit so vielen weiteren Mandanten, Nutzern oder Anfragen wäre, und nennt, was zuerst bindet.',
        },
      },
    },
    servers: {
      question: 'Wie geht es ihnen?',
      parts: {
        add: {
          title: 'Einen Server hinzufügen',
          text: 'Mit Schlüsseldatei, SSH-Agent, Passwort oder einem Namen aus ~/.ssh/config. Der Hostschlüssel wird Ihnen vor der ersten Anmeldung gezeigt und danach bei jeder geprüft. Installiert wird nichts: Eine Runde ist ein SSH-Befehl, der Zahlen liest.',
        },
        table: {
          title: 'Die Tabelle',
          text: 'Filtern nach Wörtern in Name, Adresse, Tag, Stufe, Zustand oder Problem; tag:, stage: und state: sehen nur darauf, ein Minus davor schließt aus. Gruppieren, sortieren, Spalten wählen; mehrere Server auswählen, um sie zu vergleichen oder ihnen Tags und eine Stufe zu geben.',
        },
        charts: {
          title: 'Diagramme',
          text: 'Alle Diagramme einer Seite teilen Zeit und Fadenkreuz. Ziehen vergrößert; Zurück nimmt es zurück, da die Zeit in der Adresse steht. Eine Lücke in der Messung ist als Lücke gezeichnet. Jedes Diagramm hat seine Zahlen als Tabelle und lässt sich als PNG und CSV exportieren.',
        },
        forecast: {
          title: 'Vorhersagen',
          text: 'Mehrere Verfahren werden an der eigenen Vergangenheit der Reihe geprüft; das beste wird gezeigt, mit seinem Band, seinem Fehler und wie oft das Band hielt. Eine zu kurze Reihe bekommt keine.',
        },
        services: {
          title: 'Dienste und eigene Metriken',
          text: 'Redis, PgBouncer, Webadressen, Zertifikate, Kubernetes und eigene Zahlen aus einem Befehl oder einer nur lesenden Abfrage. Ausprobieren zeigt die Antwort, bevor etwas gespeichert wird.',
        },
        history: {
          title: 'Vorgeschichte',
          text: 'sysstat-Archive des Servers, ein Prometheus oder eine CSV-Datei füllen die Zeit, von der Headroom nichts weiß. Was schon gemessen ist, wird nie überschrieben.',
        },
      },
    },
    plan: {
      question: 'Was sind meine Stufen?',
      parts: {
        stages: {
          title: 'Stufen',
          text: 'Ein Plan ist eine Leiter von Stufen, jede mit Posten, Kapazität, Grenzwerten, Auslösern, Voraussetzungen und Risiken. Ein Grenzwert sagt, wann es einer Stufe nicht gut geht; ein Auslöser, wann man sie verlässt und wohin; eine Leitplanke, was man nicht tun soll.',
        },
        edit: {
          title: 'Bearbeiten',
          text: 'Jedes Feld wird beim Verlassen gespeichert. Rückgängig und Wiederholen kennen jede Änderung und überstehen einen Neustart; der Verlauf führt zu jeder zurück. Teile ohne Formular lassen sich als YAML bearbeiten, geprüft vor dem Speichern.',
        },
        costs: {
          title: 'Kosten',
          text: 'Summen werden aus den Posten berechnet und mit dem verglichen, was die Quelle nennt; weicht beides ab, steht es da. Ein Preis kommt mit Datum aus dem Katalog oder ist Ihr eigener. Ein Posten ohne Preis macht die Summe unvollständig und nicht null.',
        },
        demand: {
          title: 'Treiber und Bedarf',
          text: 'Unter „Ganzer Plan“: was wächst (Mandanten, Nutzer, Anfragen), wie, und was jeder davon an CPU, Speicher, Platte oder Verbindungen verlangt. Daraus werden Kapazität, Überlastung und Was wäre wenn berechnet. Was wäre wenn, Gemessen passt sie an Ihre Daten an.',
        },
        roadmap: {
          title: 'Fahrplan',
          text: 'Die Arbeit jeder Stufe, so früh das erlaubt, worauf sie wartet, der kritische Pfad und der späteste Beginn, um bereit zu sein, wenn Auslöser erwartet werden. Er lässt sich als CSV und als Kalender exportieren.',
        },
        files: {
          title: 'Dateien',
          text: 'Compose, Swarm, Kubernetes, PgBouncer, PostgreSQL, Proxys, Prometheus-Regeln und mehr, aus einer Stufe gemacht; jeder Wert nennt seine Zeile. Sie werden erst mit Ihrem Ordner verglichen, und eine von Hand geänderte Datei bleibt unangetastet, bis Sie zustimmen.',
        },
      },
    },
    'what-if': {
      question: 'Was wird es kosten, und wann?',
      parts: {
        sliders: {
          title: 'Szenarien',
          text: 'Die Regler beginnen beim Plan und ändern nichts daran. Speichern behält sie unter einem Namen. Solange sich ein Regler bewegt, sehen Sie eine Vorschau aus weniger Verläufen; alle folgen, wenn er ruht. Derselbe Startwert ergibt dasselbe Ergebnis.',
        },
        bands: {
          title: 'Die Bänder lesen',
          text: 'Die Linie ist der mittlere Verlauf (P50), das Band enthält 80 % der simulierten Verläufe (P10 bis P90). Ein Monat ist überlastet, wo der Bedarf über dem liegt, was die Stufe bietet. Die letzte Zeile nennt Verläufe, Startwert und den Standardfehler der Kosten.',
        },
        compare: {
          title: 'Vergleich',
          text: 'Jedes Szenario läuft auf denselben Verläufen, damit ein Unterschied von ihm kommt und nicht vom Zufall. Das Tornado-Diagramm bewegt jede Annahme allein und zeigt, an welchen das Ergebnis hängt.',
        },
        cheapest: {
          title: 'Günstigster Weg',
          text: 'Die günstigste Folge von Stufen, die unter einem Risiko der Überlastung bleibt, und was bindet: die Risikogrenze, Vorlaufzeiten, Mindestdauern oder Umzüge, die sich nicht zurücknehmen lassen.',
        },
        autoscaling: {
          title: 'Autoskalierung',
          text: 'Eine Woche Last durch die dokumentierten Regeln von HPA, KEDA und Knotenpools: Replikate, Kosten und die Minuten, in denen sie zu spät kommen, neben festen Größen bei derselben Last.',
        },
        measured: {
          title: 'Gemessen, und andere Anbieter',
          text: 'Gemessen passt Wachstum, Bedarf und Lasttests mit 95-%-Intervallen an Ihre Daten an und sagt, wo sie zu dünn sind. Andere Anbieter hält die Last Ihrer Server gegen jedes Angebot im Preiskatalog.',
        },
      },
    },
    playbooks: {
      question: 'Wie tue ich es?',
      parts: {
        preview: {
          title: 'Vorschau',
          text: 'Sie verbindet sich, führt nur lesende Prüfungen aus und zeigt dann die genauen Befehle jedes Servers, die Änderungen an Dateien, den Ausfall und was sich nicht zurücknehmen lässt. Schon erledigte Schritte werden übersprungen.',
        },
        run: {
          title: 'Der Lauf',
          text: 'Er beginnt nur, wenn eine frische Prüfung denselben Plan ergibt wie die Vorschau. Ein Server gehört immer nur einem Lauf. Manche Schritte warten auf Sie; ein Lauf lässt sich anhalten, beim ersten nicht erledigten Schritt fortsetzen und so weit zurücknehmen, wie seine Schritte einen Rückweg nennen.',
        },
        link: {
          title: 'Wenn die Verbindung abbricht',
          text: 'Schritte mit „übersteht einen Verbindungsabbruch“ laufen auf dem Server weiter; Headroom nimmt sie wieder auf. Jeder andere Befehl endet mit seiner Verbindung, und Fortsetzen beginnt bei diesem Schritt.',
        },
        proof: {
          title: 'Nachweis und Journal',
          text: 'Wo Daten umziehen, werden Zeilen und Prüfsummen beider Seiten verglichen. Das Journal eines Laufs ist eine Kette: Ein später veränderter Eintrag fällt auf. Journale lassen sich als Markdown und JSON exportieren.',
        },
        secrets: {
          title: 'Geheimnisse',
          text: 'Ein Geheimnis geht an die Engine und über die Standardeingabe zum Server: in kein Argument, kein Log, kein Journal und keinen Export.',
        },
        own: {
          title: 'Eigene',
          text: 'Kopieren Sie ein mitgeliefertes, oder beginnen Sie ein neues; der Editor ergänzt und prüft beim Schreiben. Eine Probe versucht es zuerst; als Shell-Skript oder Ansible-Playbook lässt sich dieselbe Arbeit von Hand tun.',
        },
      },
    },
    prices: {
      question: 'Was kostet es?',
      parts: {
        catalogue: {
          title: 'Der Katalog',
          text: 'Gehört zu Headroom und wird offline gelesen. Jeder Preis nennt Quelle, Datum und Verlässlichkeit. Nach 90 Tagen ohne Prüfung ist er als alt, nach 180 als veraltet gekennzeichnet.',
        },
        own: {
          title: 'Eigene Preise',
          text: 'Ein Angebot oder ein Vertrag. Unter dem Namen eines Eintrags des Katalogs tritt er an dessen Stelle, bis Sie ihn entfernen. Sie lassen sich als CSV und JSON exportieren und mit Vorschau importieren.',
        },
        refresh: {
          title: 'Auffrischen',
          text: 'Nur wenn Sie es verlangen, und nur die eigene öffentliche Liste des Anbieters wird gelesen. Sie sehen jede Änderung und was sie an Ihrem Plan tut, bevor etwas gilt. Was eine Liste nicht mehr führt, bleibt, gekennzeichnet.',
        },
        compare: {
          title: 'Vergleichen',
          text: 'Wählen Sie zwei oder mehr für eine Tabelle der Größen und der Preise je vCPU und je GB. Gegen die Last Ihrer Server hält Preise der Bereich Was wäre wenn, Andere Anbieter.',
        },
      },
    },
    settings: {
      question: 'Wie arbeitet Headroom hier?',
      parts: {
        secrets: {
          title: 'Geheimnisse',
          text: 'Im Schlüsselbund des Systems, in einem Tresor unter Ihrer Passphrase oder nur im Arbeitsspeicher; das Feld sagt, wo. In der Datenbank stehen sie nie im Klartext, und eine verlorene Passphrase lässt sich nicht wiederherstellen.',
        },
        keys: {
          title: 'Bekannte Hostschlüssel',
          text: 'Schlüssel, die Sie hier angenommen haben, und die Ihrer known_hosts. Einen zu vergessen heißt, dass die nächste Verbindung Ihnen den Schlüssel wieder zeigt.',
        },
        backups: {
          title: 'Sicherungen und Export',
          text: 'Sicherungen entstehen, während Headroom arbeitet, und jedes Byte wird geprüft, bevor eine zurückgespielt wird. Der Export schreibt den ganzen Arbeitsbereich in eine Datei; ein Import zeigt erst, was darin ist, und was er ersetzt, bleibt in der Liste der Sicherungen.',
        },
        alerts: {
          title: 'Alarmregeln, und wie Alarme gemeldet werden',
          text: 'Die Grenzwerte der jetzigen Stufe sind von selbst Regeln; fügen Sie eigene hinzu, schalten Sie sie stumm, und sagen Sie, wohin gemeldet wird und wann Ruhe ist.',
        },
        trouble: {
          title: 'Wenn etwas nicht stimmt',
          text: 'Die Selbstprüfung sieht nach allem, worauf Headroom steht, und sagt, wie es zu beheben ist. Der Bericht für einen Fehler ist geschwärzt, und Sie lesen ihn vor dem Speichern; Headroom sendet ihn nirgendwohin.',
        },
        privacy: {
          title: 'Was diesen Rechner verlässt',
          text: 'Die SSH-Verbindungen zu Ihren Servern, und was Sie namentlich verlangen: eine Preisliste, ein Prometheus, eine Webprüfung, die Meldung eines Alarms, der tägliche Blick nach einer neueren Version.',
        },
      },
    },
  },
  tour: {
    label: 'Rundgang',
    offer: 'Neu hier? Sechs Halte, eine Minute.',
    start: 'Rundgang beginnen',
    never: 'Nicht mehr',
    of: '{{step}} von {{count}}',
    back: 'Zurück',
    next: 'Weiter',
    done: 'Fertig',
    end: 'Rundgang beenden',
    stops: {
      now: 'Jetzt ist ein Urteil mit Belegen: wo Sie auf der Leiter stehen, was wann knapp wird, was als Nächstes zu tun ist.',
      servers:
        'Server enthält das Gemessene. Installiert wird dort nichts; jeder Hostschlüssel wird Ihnen erst gezeigt.',
      plan: 'Plan ist Ihre Leiter von Stufen: Kosten, Grenzwerte, Auslöser, Fahrplan. Beginnen Sie mit einer Vorlage; Rückgängig kennt jede Änderung.',
      'what-if':
        'Was wäre wenn berechnet, was Wachstum kostet und wann man umzieht, als Bänder simulierter Verläufe. Regler ändern nichts am Plan.',
      playbooks:
        'Playbooks führen den Umzug aus: erst die genauen Befehle, dann der Lauf, dann der Nachweis. Nichts läuft, bevor Sie zustimmen.',
      search:
        'Von überall findet {{keys}} jedes Objekt und jeden Befehl, F1 öffnet die Hilfe eines Bereichs, ? zeigt die Tasten.',
    },
  },
}
