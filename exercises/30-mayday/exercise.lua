-- 30-mayday: from the manager that cannot make a thread to the rescuer that goes home, event by event.
return exercise {
  kind    = "observe", title = "Follow the mayday", points = 8, minutes = 10,
  question = "What happens between a pool's call for help and the end of the rescue?",
  needs   = { "rescuer" }, covers = { rules = { "R7.5", "R7.7", "R7.9" } },
  machine = { cpus = 2 },
  story   = [[ `writer` waits for memory that only `save` can free, and no thread can be made. `safe`, the workqueue of `save`, has
               WQ_MEM_RECLAIM. Watch how `save` is run all the same. Then find the way of the call for help. ]],
  params  = function(pick) return { copy = pick(2, 4), flush = pick(2, 5), cpu = pick { 0, 1 } } end,

  scene = function(p)
    local fs = alloc_workqueue("fs", 0, 0)
    local safe = alloc_workqueue("safe", WQ_MEM_RECLAIM, 0)
    local freed = completion("freed", { by = "save" })
    local writer = work("writer", function() burn(p.copy) wait_for_completion(freed) burn(1) end)
    local save = work("save", function() burn(p.flush) complete(freed) end)
    task(p.cpu, "app", function()
      queue_work(fs, writer)
      queue_work(safe, save)
    end)
    run_until(starts(writer))
    no_new_workers(true)
    run_until(ends(writer))
    no_new_workers(false)
    run_idle()

    local asleep = sleeps(writer):nth(1)
    local manager = manages(pool(p.cpu)):after(asleep)
    local way = { asleep, manager, maydays(safe), event("rescuer_begin"), rescues(safe), event("rescuer_end") }
    local function in_other_order(t, v)
      local found = 0
      for _, e in ipairs(v) do
        for _, one in ipairs(way) do found = found + (e == t:first(one) and 1 or 0) end
      end
      return found == #way
    end
    ask { "Point, in their order, at the six events of the rescue: the worker of `writer` sleeps; a worker becomes the manager; "
          .. "the pool calls for help; the rescuer comes; it takes `save`; it leaves the pool.", id = "way",
          short = "Which six events lead from the sleep of writer to the end of the rescue?",
          pick = "event", count = 6, ordered = true, points = 5,
          accept = way,
          -- a pick with several of these has the feedback of the first one
          wrong = { { in_other_order, "These are the six events. Each makes the next one possible: read them again in that order." },
                    { wakes(writer), "`writer` goes on there, because `save` is done. The rescuer has left the pool before." },
                    { creates(nil), "A new worker could be made there, so it is no part of the rescue." },
                    { event("manage_end"), "The manager ends when a thread can be made again. The rescue was over by then." },
                    { ends(save), "`save` ends while the rescuer is still in the pool. The last of the six is its leaving." },
                    { clears_pending(save) + starts(save), "`save` begins there. Before that the rescuer has taken it off the worklist." },
                    { wakes(pool(p.cpu)):after(asleep):nth(1) + event("worker_leave_idle"):after(asleep):nth(1),
                      "The pool wakes a worker there. It becomes the manager a moment later, because no other one is idle." },
                    { sets_pending(save) + queues(save) + activates(save),
                      "No help comes because `save` is queued: WQ_MEM_RECLAIM is no fast lane. The pool first tries to make a worker." },
                    { starts(writer), "The way begins when `writer` goes to sleep: before that its worker was runnable." } },
          hints = { "Why does the pool need another worker? Because the only runnable one has gone to sleep.",
                    "The woken worker must leave one in reserve: it becomes the manager, and cannot make a thread.",
                    "After 10 ms the mayday timer expires. The rescuer attaches to the pool, takes the item, and leaves." },
          why = "Sleep, manager, mayday, rescuer, item, leave: the pool waits 10 ms for a worker of its own before it calls." }
    ask { "Which worker runs {save}?", id = "who", pick = "worker", points = 2, accept = starts(save),
          wrong = { { starts(writer), "It sleeps inside {writer}, and waits for {save}." },
                    { manager, "It is the manager: it tries to make a thread, and runs no item meanwhile." },
                    { creates(pool(p.cpu)):after(asleep), "It was made when threads could be made again. {save} was done by then." },
                    { function() return true end, "It is a worker of the other CPU's pool, and takes no item from here." } },
          hints = { "Its name has the workqueue in it." }, why = "The rescuer of `safe`. Its thread was made with the workqueue." }
    ask { "On which CPU does it run there?", id = "cpu", pick = "cpu", points = 1, answer = function(t) local e = t:first(starts(save)) return e.cpu, e end,
          wrong = { { function() return true end,
                      "A rescuer has no CPU of its own, and does not stay where it slept: the pool of the other CPU called." } },
          hints = { "A rescuer goes to the pool that called." }, why = "It moves to the CPU of the pool that called for help." }
  end,
  why = "A rescuer is no fast lane: it comes when a pool has tried for 10 ms to make a worker, serves its workqueue's items there, and goes." }
