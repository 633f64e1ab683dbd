-- 13-flags: three workqueues share a CPU: a hog, a log and items that must be quick.
-- The student fills in a form; solution/ and wrong/ hold settings.lua.
return exercise {
  kind    = "configure", title = "Flags for three workqueues", points = 10, minutes = 12,
  question = "Which flag helps a short item past a long one, and which does not?",
  needs   = { "hogs" }, covers = { rules = { "R4.16" }, errata = { "E2.19" } },
  machine = { cpus = 1, preempt = "full", boot = { cpu_intensive_thresh_us = 0 } },
  story   = [[ On one CPU the workqueue `crypt` runs items of {long} ms that only compute. `ui` has items of {short} ms that must start
               within 5 ms. `log` writes lines and is in no hurry.

               Choose flags for each. The items of `crypt` must not be late either: all are done by {limit} ms. ]],
  params  = function(pick)
    local long, number = pick(15, 22), pick(3, 4)
    return { long = long, number = number, short = pick(2, 4) / 10, limit = long * number + 10 }
  end,
  settings = {
    crypt = { kind = "flags", of = { "HIGHPRI", "CPU_INTENSIVE" }, default = {} },
    log   = { kind = "flags", of = { "HIGHPRI", "CPU_INTENSIVE" }, default = {} },
    ui    = { kind = "flags", of = { "HIGHPRI", "CPU_INTENSIVE" }, default = {} },
  },

  scene = function(p, student)
    local crypt, log, ui = alloc_workqueue("crypt", student.crypt), alloc_workqueue("log", student.log), alloc_workqueue("ui", student.ui)
    local long, lines, clicks = {}, {}, {}
    for i = 1, p.number do long[i] = work("crypt" .. i, function() burn(p.long) end) end
    for i = 1, 8 do lines[i] = work("log" .. i, function() burn(2) sleep_ms(1) burn(1) end) end
    for i = 1, 8 do clicks[i] = work("ui" .. i, function() burn(p.short) end) end
    irq(0, "disk", function() for i = 1, p.number do queue_work(crypt, long[i]) end end)
    for i = 1, 8 do
      at(3 + 5 * i, function() irq(0, "tty", function() queue_work(log, lines[i]) end) end)
      at(4.5 + 5 * i, function() irq(0, "mouse", function() queue_work(ui, clicks[i]) end) end)
    end
    run_idle()
    local high = 0
    for _, flags in pairs(student) do
      if flags & WQ_HIGHPRI ~= 0 then high = high + 1 end
    end
    return { high = high }
  end,

  checks = {
    { "items of ui start within 5 ms", points = 5,
      test = function(t)
        local worst, last = 0, nil
        for i = 1, 8 do
          local start = t:first(starts("ui" .. i))
          local wait = start.ms - t:first(queues("ui" .. i)).ms
          if wait > worst then worst, last = wait, start end
        end
        return worst <= 5, { ms = worst, event = last }
      end,
      feedback = "An item of `ui` waited for {ms} ms." },
    { "the items of crypt are done in time", points = 3,
      test = function(t, p)
        local last
        for i = 1, p.number do
          local e = t:first(ends("crypt" .. i))
          if not last or e.ms > last.ms then last = e end
        end
        return last.ms <= p.limit, { ms = last.ms, event = last }
      end,
      feedback = "The last item of `crypt` was done at {ms} ms; it has to be done by {limit} ms." },
    { "only one workqueue has HIGHPRI", points = 2,
      test = function(_, _, s) return s.high <= 1, { highpri = s.high } end,
      feedback = "{highpri} workqueues share the urgent pool: urgent for all is urgent for none." },
  },
  hints = { "Which pool does an item of `ui` wait in, and behind whom?",
            "`CPU_INTENSIVE` takes a running item out of its pool's `nr_running`. Does that give a short item the CPU, or only a worker?",
            "`ui` in the pool of nice -20, and nothing else in it." },
  why   = "A HIGHPRI workqueue has its own pool, whose workers have nice -20: its items neither wait in the other worklist nor share the CPU evenly. "
          .. "CPU_INTENSIVE helps the items behind a long one, not the long one." }
