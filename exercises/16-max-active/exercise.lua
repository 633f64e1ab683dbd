-- 16-max-active: a limit between one at a time and a worker for each item.
-- The student fills in a form; solution/ and wrong/ hold settings.lua.
return exercise {
  kind    = "configure", title = "As few workers as will do", points = 10, minutes = 10,
  question = "What does max_active cost, and what does it buy?",
  needs   = { "max-active" }, covers = { rules = { "R5.18", "R5.19" }, errata = { "E2.51", "E2.55" } },
  machine = { cpus = 1, sched = "fifo" },
  story   = [[ {items} items of one workqueue come at once. Each works for {work} ms, sleeps for {rest} ms, and works for {work} ms again. With
               max_active 1 each waits for the one before it; with a large limit more workers are busy than the CPU needs.

               All items must be done within {limit} ms, with at most {most} workers busy at once. ]],
  params  = function(pick)
    local work, most = pick(1, 2), pick(4, 6)
    local rest = work * (2 * most - 3)		-- while one sleeps, the others fill its time exactly
    local items = 2 * most
    return { work = work, rest = rest, items = items, most = most, limit = work * (6 * most - 3) + 1 }
  end,
  settings = { max_active = { kind = "number", from = 1, to = 16, default = 1 } },

  scene = function(p, student)
    local wq = alloc_workqueue("jobs", 0, student.max_active)
    local jobs = {}
    for i = 1, p.items do
      jobs[i] = work("job" .. i, function() burn(p.work) sleep_ms(p.rest) burn(p.work) end)
    end
    irq(0, "disk", function()
      for i = 1, p.items do queue_work(wq, jobs[i]) end
    end)
    run_idle()
  end,

  checks = {
    { "all items are done in time", points = 6,
      test = function(t, p)
        local last
        for _, e in ipairs(t:all(ends(nil))) do last = e end
        local ms = last.ms - t:first(queues(nil)).ms
        return ms <= p.limit, { ms = ms, event = last }
      end,
      feedback = "The last item was done after {ms} ms; {limit} ms are allowed." },
    { "no more workers are busy than allowed", points = 4,
      test = function(t, p)
        local busy, most, last = 0, 0, nil
        for _, e in ipairs(t:all(starts(nil) + ends(nil))) do
          busy = busy + (e.name == "workqueue_execute_start" and 1 or -1)
          if busy > most then most, last = busy, e end
        end
        return most <= p.most, { workers = most, event = last }
      end,
      feedback = "{workers} workers were busy at once; {most} are allowed." },
  },
  hints = { "How many items must be under way so that the CPU always has one that does not sleep?",
            "An item uses the CPU for two pieces and sleeps in between. Divide its whole time by its CPU time.",
            "Begin with the number of workers that is allowed, and see whether one less still does." },
  why   = "max_active limits how many items of a workqueue are in workers on one CPU. With fewer items than fill the CPU the work takes "
          .. "longer; with more, the additional workers only wait." }
