-- 02-life.de.lua: the lesson 02-life in German.  docs/translations.md explains the form.
return translation {
  title    = "Ein Work-Item hat ein Leben",
  question = "Was geschieht mit einem Item zwischen queue_work() und dem Ende seiner Funktion?",

  cards = {
    handler = "Die Netzwerkkarte unterbricht CPU 0. Ihr Handler darf nicht schlafen und übergibt die langsame "
              .. "Hälfte deshalb an *{reset}*: {work} ms Arbeit, {rest} ms Warten auf die Karte, {work} ms Arbeit. Zwei Lampen "
              .. "zeigen seinen Zustand: *PENDING*, ein Lauf steht noch aus; *RUNNING*, ein Worker ist in seiner Funktion.",
    asleep  = "{reset} schläft {rest} ms lang. Jetzt unterbricht die Karte *CPU 1*.",
    collide = "Hier nahm ein zweiter Worker {reset}, fand den ersten noch darin vor und gab es an diesen weiter. "
              .. "`[` und `]` gehen von Entscheidung zu Entscheidung.",
  },

  questions = {
    second = {
      "Der Handler ruft `queue_work(system_wq, reset)` zweimal hintereinander auf. Was geben die Aufrufe zurück?",
      choices = {
        both  = { "true, dann true",
                  "Zwei Läufe bräuchten zwei Items. Ein Item hat nur ein PENDING-Bit, und der erste Aufruf hat es gesetzt." },
        once  = "true, dann false",
        waits = { "true, dann wartet der Aufruf",
                  "`queue_work()` wartet nie: Es wird in einem Interrupt-Handler aufgerufen." },
      },
      hints = {
        "Wie viele Bits hat das Item für „führe mich aus“?",
        "Sehen Sie sich {reset} nach dem ersten Aufruf an: Sein PENDING-Bit ist gesetzt.",
        "Ein Aufruf, der PENDING gesetzt vorfindet, ändert nichts und gibt false zurück. Welcher Aufruf findet es "
        .. "gesetzt vor?",
      },
      why = "Der zweite Aufruf fand {reset} wartend vor und ließ es, wie es war: *ein Item, ein künftiger Lauf*.",
    },

    pending = {
      "Ein Worker hat {reset} genommen und ruft gleich dessen Funktion auf. Ist {reset} pending, während es läuft?",
      choices = {
        ["true"]  = { "ja, bis seine Funktion zurückkehrt",
                      "Das steht in vielen Texten. Sehen Sie sich PENDING an: Es wurde ein Ereignis vor dem Start gelöscht." },
        second    = { "ja: der zweite Aufruf von `queue_work()` wartet noch auf seinen Lauf",
                      "Der zweite Aufruf verlangte nichts: Er fand PENDING gesetzt vor und gab false zurück." },
        ["false"] = "nein",
      },
      hints = {
        "Die Karte unterbricht, *während* die Funktion läuft: Könnte dieser Auftrag verloren gehen?",
        "Vielleicht hat die Funktion die Karte schon geprüft. Ein Auftrag, der jetzt kommt, braucht einen weiteren Lauf.",
        "Wäre PENDING noch gesetzt, gäbe `queue_work()` false zurück, und der Auftrag ginge verloren. Wann muss das "
        .. "Bit also gelöscht werden?",
      },
      why = "PENDING wird gelöscht, *bevor* die Funktion aufgerufen wird. Von hier an verlangt ein weiteres "
            .. "`queue_work()` einen weiteren Lauf.",
    },

    ["second-run"] = {
      "Der erste Lauf dauert bisher {work} ms. Wie viele ms nach Beginn des ersten Laufs beginnt der zweite Lauf von "
      .. "{reset}?",
      unit = "ms",
      wrong = {
        "Dann schläft der erste Lauf noch: Zwei Worker wären zugleich in einer Funktion. Sehen Sie nach, welcher "
        .. "Worker {reset} hat.",
        "Dann ist das Warten vorbei, aber die Funktion hat noch {work} ms zu arbeiten.",
        "Er beginnt, wenn der erste Lauf endet: nach {work} + {rest} + {work} ms.",
      },
      hints = {
        "CPU 1 ist frei. Könnte sie {reset} sofort ausführen, während ein Worker von CPU 0 darin schläft?",
        "Ein Item läuft nie zweimal zugleich, auf keiner CPU.",
        "Der erste Lauf arbeitet {work} ms, schläft {rest} und arbeitet {work}. Der zweite Lauf folgt direkt darauf.",
      },
      why = "CPU 1 fand vor, dass {reset} noch auf CPU 0 lief, und reihte es *dort* ein. Der zweite Lauf wartete auf "
            .. "das Ende des ersten.",
    },

    cancel = {
      "Ein dritter Lauf hat begonnen und schläft. Der Handler von CPU 1 ruft dreimal `queue_work()` auf; dann ruft "
      .. "`rmmod`, das den Treiber entlädt, `cancel_work(reset)` auf. Was nimmt `cancel_work()` zurück?",
      choices = {
        all         = { "den jetzigen und den nächsten Lauf",
                        "Nichts kann eine laufende Funktion vorzeitig beenden: Sie hält vielleicht Locks und Speicher." },
        ["to-come"] = "den nächsten Lauf",
        nothing     = { "nichts: {reset} läuft",
                        "Es läuft *und* ist pending. Das sind zwei verschiedene Dinge, und was pending ist, lässt sich "
                        .. "zurücknehmen." },
      },
      hints = {
        "Wie viele weitere Läufe verlangen drei Aufrufe, während ein Lauf im Gang ist?",
        "`cancel_work()` nimmt zurück, was pending ist. Es gibt zurück, ob etwas pending war.",
        "Ein Lauf ist im Gang, einer ist pending. `cancel_work()` nimmt den künftigen aus seiner Liste. Was kann es "
        .. "bei einer Funktion ausrichten, die schon läuft?",
      },
      why = "Es gab true zurück: Ein Lauf *war pending*. Der jetzige Lauf ging bis zu seinem Ende; wer auch darauf "
            .. "warten will, ruft `cancel_work_sync()` auf.",
    },

    free = {
      "Angenommen, `rmmod` gibt den Speicher von {reset} frei, sobald `cancel_work(reset)` zurückgekehrt ist. Was kann "
      .. "kaputtgehen?",
      choices = {
        nothing = { "nichts: `cancel_work()` gab true zurück",
                    "True heißt, dass ein Lauf pending war. Es heißt nicht, dass kein Lauf im Gang ist." },
        run     = "der jetzige Lauf arbeitet in freigegebenem Speicher weiter",
        pending = { "der nächste Interrupt: `queue_work()` findet PENDING für immer gesetzt vor",
                    "`cancel_work()` hat PENDING gelöscht. Ein weiterer Aufruf würde das Item einreihen, freigegeben oder "
                    .. "nicht." },
      },
      hints = {
        "Welchen Lauf nahm `cancel_work()` zurück, und welchen ließ es bestehen?",
        "Der jetzige Lauf ging bis zu seinem Ende. Welchen Speicher benutzt seine Funktion?",
        "`cancel_work()` kehrte sofort zurück, und die Funktion von {reset} schlief. Sie wacht auf, nachdem der "
        .. "Speicher freigegeben ist. Was liest sie dann?",
      },
      why = "Bevor der Speicher freigegeben wird, muss der jetzige Lauf beendet sein. Eine spätere Lektion zeigt, in "
            .. "welcher Reihenfolge ein Treiber die Dinge anhält.",
    },

    recall = {
      "Aus der Lektion davor: Der Handler könnte die {work} + {work} ms Arbeit selbst tun und dazwischen "
      .. "`msleep({rest})` aufrufen. Was geschähe?",
      choices = {
        bug  = "der Kernel würde einen Fehler melden",
        free = { "nichts Schlimmes: die CPU wäre in der Zwischenzeit frei",
                 "Ein Handler ist kein Thread. Er hat nichts, was man beiseitelegen und später fortsetzen könnte." },
        lost = { "Interrupts gingen verloren, aber der Kernel würde nichts melden",
                 "Das tut ein Handler, der lange *rechnet*. `msleep()` gibt die CPU ab, und das meldet der Kernel." },
      },
      hints = {
        "In welchem Kontext läuft ein Handler?",
        "Was braucht eine Funktion, um zu schlafen und später weiterzumachen?",
        "Nur ein Thread kann schlafen. Der Handler hat keinen eigenen. Welche Meldung stand im Log des Kernels?",
      },
      why = "Deshalb ist die langsame Hälfte ein Item: Ein Worker ist ein Thread, und seine Funktion darf schlafen.",
    },

    runs = {
      "Andere Zahlen: Die Karte unterbricht viermal, sofort und {a}, {b} und {c} ms später. Jeder Handler ruft "
      .. "`queue_work()` einmal auf. Ein Lauf dauert weiterhin {work} + {rest} + {work} ms. Wie viele Läufe gibt es?",
      choices = {
        two   = { "zwei: ein jetziger und ein künftiger",
                  "So viele kann es zu *einer* Zeit geben. Der letzte Interrupt kam, als der zweite Lauf begonnen hatte "
                  .. "und PENDING wieder gelöscht war." },
        three = "drei",
        four  = { "vier: einen für jeden Interrupt",
                  "{a} und {b} ms nach dem ersten Interrupt war der erste Lauf im Gang. Die zwei Aufrufe verlangten "
                  .. "einen Lauf." },
      },
      hints = {
        "Welche der vier Aufrufe finden PENDING gesetzt vor?",
        "Der erste Lauf beginnt sofort und löscht PENDING. Wann beginnt der zweite Lauf und löscht es wieder?",
        "Der zweite Aufruf setzt PENDING, der dritte findet es gesetzt vor. Der zweite Lauf beginnt nach {work} + "
        .. "{rest} + {work} ms. Ist das vor dem letzten Interrupt?",
      },
      why = "Jeder *Lauf* löscht PENDING. Deshalb verlangt der erste Aufruf während eines Laufs einen weiteren Lauf, und "
            .. "die Aufrufe danach ändern nichts.",
    },

    ["test-first"] = {
      "In Ihrem Treiber steht: `if (!work_pending(&w)) queue_work(wq, &w);`. Was bringt die Abfrage?",
      choices = {
        nothing = "nichts: queue_work() prüft selbst, und zwar atomar",
        avoid   = { "sie verhindert doppeltes Einreihen",
                    "Das verweigert `queue_work()` selbst. Und zwischen Ihrer Abfrage und Ihrem Aufruf kann eine andere "
                    .. "CPU das Item einreihen." },
        fast    = { "sie ist schneller, wenn das Item pending ist",
                    "`queue_work()` beginnt mit derselben Abfrage. Ist PENDING gesetzt, tut es nichts weiter." },
      },
      hints = {
        "Was bewirkte der zweite Aufruf im Handler?",
        "Was kann eine andere CPU zwischen der Abfrage und dem Aufruf tun?",
        "`queue_work()` prüft und setzt PENDING in einem atomaren Schritt und gibt false zurück, wenn es schon gesetzt "
        .. "war. Was bleibt für eine Abfrage davor?",
      },
      why = "Die Abfrage ist überflüssig, und sie ist eine Race. Viele Treiber haben sie.",
    },
  },

  recap = {
    "`queue_work()` setzt PENDING. Der Worker löscht es, bevor er die Funktion aufruft.",
    "Ein Item hat höchstens einen laufenden und einen künftigen Lauf.",
    "`cancel_work()` nimmt den künftigen Lauf zurück, nie den laufenden.",
  },
}
