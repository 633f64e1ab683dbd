-- pick.lua: a question of each kind in which the student points; tests/unit_pick.c plays it.
return lesson {
  title = "Pointing", question = "Which of them?", machine = { cpus = 2 },
  params = function(pick) return { work = pick(2, 4) } end,

  function(p)
    local disk = work("disk", function() burn(1) sleep_ms(p.work) burn(1) end)
    local net = work("net", function() burn(2) end)
    local log = work("log", function() burn(1) end)
    say { "An interrupt queues three items.", id = "begin" }
    irq(0, "card", function() queue_work(system_wq, disk) queue_work(system_wq, net) queue_work(system_wq, log) end)
    run_until(starts(disk))
    predict { "{disk} will sleep. Which worker runs {net}?", id = "who", pick = "worker", among = pool(0), accept = starts(net) }
    run_until(ends(disk))
    ask { "In which event does {disk} go to sleep?", id = "slept", pick = "event", points = 2, accept = sleeps(disk),
          wrong = { { starts(nil), "That is a beginning, {event.ms} ms is not asked for." } },
          hints = { "A worker goes to sleep inside its item." }, why = "The worker went to sleep inside its item." }
    ask { "Which item slept?", id = "sleeper", pick = "item", accept = sleeps(nil) }
    ask { "Which CPU ran them?", id = "where", pick = "cpu", answer = function(t) local e = t:first(starts(disk)) return e.cpu, e end }
    ask { "In which order did {disk}, {net} and {log} start?", id = "order", pick = "item", count = 3, ordered = true, accept = starts(nil) }
    ask { "Point at the two beginnings of {disk} and {net}.", id = "two", pick = "event", count = 2, among = starts(nil) + ends(nil),
          accept = { starts(disk), starts(net) }, points = 1 }
    ask { "Which line is a rescuer or, without one, the first idle thread of CPU 1?", id = "line", pick = "line", report = "ps", points = 1,
          accept = "kworker/1:0%-?%S*$", wrong = { { "kworker/0", "That one is bound to CPU 0." } } }
  end }
