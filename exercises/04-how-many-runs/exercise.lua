-- 04-how-many-runs: ten calls of queue_work() from two CPUs, in bursts; each burst finds the item in another state.
return exercise {
  kind    = "predict", title = "How many runs?", points = 4, minutes = 8,
  question = "Ten calls of queue_work() for one item: how many runs?",
  needs   = { "life" }, covers = { rules = { "R2.1", "R2.2", "R2.3", "R2.9" } },
  machine = { cpus = 2 },
  story   = [[ The function of `reset` burns {work} ms. Interrupts on both CPUs queue it on the shared workqueue, ten times in all.

               Each burst of calls finds `reset` in another state. ]],
  params  = function(pick)
    local work = pick(6, 8)
    local third, later, more = pick { true, false }, pick { true, false }, pick { true, false }
    if not (third or later) then later = true end
    -- bursts: while idle, twice in the first run, in the second run, when all is quiet again, in that last run
    local bursts = { { 1, 0 }, { 2.5, 1 }, { 4, 0 } }
    if third then bursts[#bursts + 1] = { 1 + 1.5 * work, 1 } end
    if later then bursts[#bursts + 1] = { 40, 1 } end
    if later and more then bursts[#bursts + 1] = { 42, 0 } end
    local left = 10 - #bursts
    for _, b in ipairs(bursts) do b[3] = 1 end
    while left > 0 do
      local b = bursts[pick(1, #bursts)]
      b[3], left = b[3] + 1, left - 1
    end
    local calls = {}
    for i, b in ipairs(bursts) do
      calls[i] = string.format("%s at %g ms on CPU %d", b[3] == 1 and "once" or b[3] == 2 and "twice" or b[3] .. " times", b[1], b[2])
    end
    return { work = work, bursts = bursts, calls = table.concat(calls, ", "), idle_bursts = later and 2 or 1 }
  end,

  scene = function(p)
    local reset = work("reset", function() burn(p.work) end)
    for _, b in ipairs(p.bursts) do
      at(b[1], function()
        irq(b[2], b[2] == 0 and "eth0" or "eth1", function()
          for _ = 1, b[3] do queue_work(system_wq, reset) end
        end)
      end)
    end

    -- answers are counted when the timeline is shown, after the last run
    local runs = predict { "{reset} is queued {calls}. How many times does its function run?", id = "runs", number = "runs", pin = true,
      short = "How many times does the function run?",
      answer = function(t)
        t:first(event("show"))
        return t:count(starts(reset)), t:last(ends(reset))
      end,
      wrong = { { function(_, v) return v == 10 end, "Ten calls, but each call that found {reset} pending changed nothing." },
                { function(_, v) return v == #p.bursts end, "Each burst queues {reset} at most once, but two of the bursts came during one run: the later one found it pending." },
                { function(_, v) return v == p.idle_bursts end, "A call while {reset} runs is no call too many: PENDING is clear again, so one more run comes." } },
      hints = { "PENDING is set by the first call that finds it clear, and cleared right before the function is called.",
                "Go through the bursts: is {reset} idle, pending, running, or both, at that time?",
                "A burst that finds PENDING clear makes one more run, however many calls it has." },
      why = "Each call that found PENDING clear queued one run. The others returned false." }
    local trues = predict { "How many of the ten calls return *true*?", id = "trues", number = "calls",
      answer = function(t)
        t:first(event("show"))
        local n, last = 0, nil
        for _, e in ipairs(t:all(returns(queue_work, reset))) do
          if e.ret then n, last = n + 1, e end
        end
        return n, last
      end,
      hints = { "What does queue_work() return when it changes nothing?", "Each true is a run to come." },
      why = "true means: this call queued a run. As many calls return true as there are runs." }
    run(100)
    show "timeline"
    reveal(runs)
    reveal(trues)
  end,
  why = "An item has one PENDING bit: at most one run now and one to come. A function that counts events must not count its runs." }
