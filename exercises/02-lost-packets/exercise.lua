-- 02-lost-packets: find the events of a burst that a slow interrupt handler loses, and the reason for it.
return exercise {
  kind    = "observe", title = "Who lost the packets?", points = 6, minutes = 8,
  question = "In which event is the first packet lost, and when can the CPU take the next one?",
  needs   = { "why-defer" }, covers = { rules = { "R2.1" } },
  machine = { cpus = 2 },
  story   = [[ The card `nic` interrupts CPU 0 once per packet. Its handler checks the packet itself, which takes {job} ms;
               a program, `app`, has the CPU otherwise. {packets} packets come, one every {gap} microseconds.

               Watch the burst. Then point at what happened. ]],
  params  = function(pick)
    local packets = pick(4, 6)
    return { packets = packets, job = pick(2, 4), gap = pick { 200, 250, 300 }, begin = pick(1, 2), other = pick(2, 4) }
  end,

  scene = function(p)
    local nic = irq_line(0, "nic", function() burn(p.job) end)
    local disk = irq_line(1, "disk", function() burn(0.1) end)
    task(0, "app", function() compute(30) end)
    task(1, "copy", function() compute(30) end)
    for i = 0, p.packets - 1 do
      at(p.begin + i * p.gap / 1000, function() raise(nic) end)
    end
    every(p.other / 4, 4, function() raise(disk) end)
    run(p.begin + 2 * p.job + 3)

    ask { "Point at the event in which the first packet is *lost*.", id = "lost", pick = "event",
          accept = event("irq_lost"):nth(1),
          wrong = { { event("irq_lost"), "A packet is lost here, but it is not the first one that is." },
                    { event("irq_handler_entry"), "A packet is being handled here, so it is not lost." },
                    { event("irq_handler_exit"), "The handler returns here. The packets that it missed were lost before." } },
          hints = { "A raised line is a flag. Which event finds the flag up?",
                    "The handler has the first packet. The second one raises the line. The third one finds it raised." },
          why = "The line was up already, from the second packet. One interrupt stands for both, so the third packet is lost." }
    ask { "Point at the event in which CPU 0 becomes free to take the next packet.", id = "free", pick = "event",
          accept = event("irq_handler_exit"):on(0):nth(1),
          wrong = { { event("irq_handler_exit"):on(0), "The CPU was free before this event, and took the packet that this handler had." },
                    { event("irq_handler_exit"):on(1), "This handler ran on CPU 1. The packets wait for CPU 0." },
                    { event("irq_handler_entry"):on(0), "Here the handler begins: the CPU is taken, not free." },
                    { event("irq_lost"), "The handler still runs here." } },
          hints = { "Nothing stops a handler before it returns.", "Look for the return of the handler of `nic` for the first time." },
          why = "Until the handler returned, CPU 0 did nothing else: no thread, no other interrupt." }
    ask { "Which CPU lost them?", id = "where", pick = "cpu", answer = function(t) local e = t:first(event("irq_lost")) return 0, e end,
          hints = { "Whose interrupt line was raised again?" },
          why = "CPU 1 handled each interrupt of `disk` at once, as its handler takes a tenth of a millisecond." }
  end,
  why = "A handler that works for milliseconds holds its CPU, and what comes meanwhile is lost. The work belongs in a thread." }
