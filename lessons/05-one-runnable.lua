-- 05-one-runnable.lua: a bound pool keeps one worker runnable, and puts nobody back to sleep.
return lesson {
  title    = "One runnable worker",
  question = "Why does a pool with ten sleepers start an eleventh, and never a second that runs?",
  minutes  = 14, needs = { "life" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R3.6", "R3.7", "R4.1", "R4.3", "R4.5", "R4.6", "R4.11" },
               errata = { "E1.19", "E1.20", "E1.23" } },
  params   = function(pick)
    local run = pick(5, 7)
    return { run = run, pause = run + 1, last = 2 }   -- x0 wakes 1 ms into x2's work
  end,

  function(p)
    local jobs = alloc_workqueue("jobs", 0, 0)
    local function queue_all(...)
      local items = { ... }
      irq(0, "disk", function()
        for _, item in ipairs(items) do queue_work(jobs, item) end
      end)
    end

    -- 1. sleepers do not count
    local function wait_for_disk() sleep_ms(3) end
    local r1, r2, r3 = work("read1", wait_for_disk), work("read2", wait_for_disk),
                       work("read3", wait_for_disk)
    say { "CPU 0's *pool* has two workers, both idle. Three items of the workqueue `jobs` come in at "
          .. "once; each only waits 3 ms for its disk.", look = pool(0) }
    queue_all(r1, r2, r3)
    run_idle()
    say { "Each time an item slept, nobody was *runnable*, so another worker took the next item. New "
          .. "workers were made on the way: one is always kept in reserve. They stay for a while: not "
          .. "\"exactly enough\" workers, but enough and a spare.", look = pool(0) }

    -- 2. the numbers of the kernel's own documentation
    local w0 = work("w0", function() burn(5) sleep_ms(10) burn(5) end)
    local w1 = work("w1", function() burn(5) sleep_ms(10) end)
    local w2 = work("w2", function() burn(5) sleep_ms(10) end)
    queue_all(w0, w1, w2)
    local queued = now()
    local slept = run_until(sleeps(w0))
    predict { "{w0} worked 5 ms and has just gone to sleep in its function for 10 ms. {w1} and {w2} "
              .. "wait; several workers are idle. What does the pool do next?", id = "next", rule = "R4.3",
      choices = {
        { "nothing until {w0} wakes: the item has not finished",
          "The CPU would stand idle with work waiting. That is how it would be with max_active 1.",
          id = "none", world = { max_active = 1 } },
        { "wakes one idle worker", id = "one" },
        { "wakes both: there are two items",
          "Then two workers would be runnable and fight for one CPU. After the first was woken, "
          .. "nr_running is 1 again: nobody else is needed.", id = "both" },
        { "creates a new worker",
          "Workers are idle already: a thread is made only when nobody is left in reserve.",
          id = "new" } },
      answer = function(t)
        local start = t:first(starts(w1))
        if t:find(wakes(w0):before(start.ms)) then return "none", start end
        if t:find(creates(pool(0)):after(slept.ms)) then return "new", start end
        local woken = t:count(event("worker_leave_idle"):on(0):after(slept.ms))
        return woken == 1 and "one" or "both", t:first(wakes(pool(0)):after(sleeps(w0)))
      end,
      hints = { "Look at nr_running of the pool: how many workers could use the CPU now?",
                "The pool wants exactly one runnable worker while there is work.",
                "nr_running went from 1 to 0 and the list has {w1} and {w2}. How many must be woken "
                .. "so that it is 1 again?" },
      why = "`need_more_worker`: the list is not empty *and* nr_running is 0. One worker was woken, the "
            .. "one that became idle last; then the answer was no." }
    run_until(starts(w1))
    predict { "nr_running is 1, so {w2} waits, though workers are idle and CPU 1 is free (`jobs` is per CPU). "
              .. "{w0} works 5, sleeps 10, works 5 ms; {w1} and {w2} work 5 and sleep 10 ms. How many ms "
              .. "after the three were queued has the last of them ended?", id = "last-end", rule = "R4.3",
      number = "ms", within = 0.6,
      wrong = {
        { function(_, v) return v >= 45 end,
          "That is one item after the other, as with one thread per queue: 20 + 15 + 15." },
        { function(_, v) return v > 30 end,
          "{w2} does not wait for {w0} or {w1} to *end*, only until both of them sleep." },
        { function(_, v) return v <= 21 end,
          "{w0} and {w1} ended by 20. {w2} started 10 ms after the queueing, and works and sleeps "
          .. "15 ms." },
        { function() return true end,
          "{w2} started 10 ms after the queueing, when {w1} went to sleep. From there on nothing held "
          .. "it up for long." } },
      answer = function(t)
        local last = t:first(ends(w2))
        if t:first(ends(w0)).ms > last.ms or t:first(ends(w1)).ms > last.ms then return nil end
        return last.ms - queued, last
      end,
      hints = { "When does {w2} get its turn: which two must be asleep first?",
                "{w0} is asleep from 5, {w1} from 10: then nobody is runnable again.",
                "{w2} starts at 10. It works 5 ms, then sleeps 10 ms. Does anything hold it up?" },
      why = "5 + 5 + 5 ms of work fill the CPU without a gap while the others sleep: 20, 20 and 25 ms, "
            .. "not 20, 35 and 50." }
    run_idle()

    -- 3. one who wakes is not put back
    local x0 = work("x0", function() burn(p.run) sleep_ms(p.pause) burn(p.last) end)
    local x1 = work("x1", function() burn(p.run) sleep_ms(p.pause) end)
    local x2 = work("x2", function() burn(p.run) sleep_ms(p.pause) end)
    local x3 = work("x3", function() burn(1) end)
    say { "Other numbers. {x0} works {run}, sleeps {pause} and works {last} ms; {x1} and {x2} work {run} "
          .. "and sleep {pause} ms; {x3} only works 1 ms. So {x0} wakes while {x2} is at work.",
          look = { x0, x2 } }
    queue_all(x0, x1, x2, x3)
    run_before(wakes(x0))
    predict { "The sleep of {x0} is over and its worker gets the CPU, in the middle of {x2}'s work. "
              .. "Two workers could use the CPU now. What does the pool do about it?", id = "two", rule = "R4.1",
      choices = {
        { "puts {x0}'s worker back to sleep until {x2} is done",
          "A popular account says so. A worker that wakes inside its function is never stopped: look, "
          .. "it runs.", id = "back" },
        { "counts nr_running as 1: {x2}'s worker was pushed off the CPU",
          "Pushed off is not asleep: it is still *runnable*, and it counts. Look at nr_running.",
          id = "one" },
        { "nothing: nr_running is 2 for a while", id = "two" } },
      answer = function(t)
        local woke = t:first(wakes(x0))
        return woke.nr_running >= 2 and "two" or "one", woke
      end,
      hints = { "Who decides which of two runnable threads has the CPU: the pool or the scheduler?",
                "nr_running counts workers that are *not asleep*, whether or not they have the CPU.",
                "{x2}'s worker is runnable, {x0}'s worker too. Count them. Is there anything in the "
                .. "pool's rules that takes a runnable worker away?" },
      why = "The pool only decides whom to *wake*. Two are runnable, and the scheduler shares the CPU "
            .. "between them." }
    run_before(ends(x0))
    predict { "{x0} is done in a moment. {x3} still waits for a worker, and nr_running is above 1. What "
              .. "does {x0}'s worker do when the function has returned?", id = "surplus", rule = "R4.5",
      choices = {
        { "takes {x3}: it is free now, and {x3} waits",
          "Then two workers would go on fighting for the CPU. At the end of an item it asks: is "
          .. "somebody else running already?", id = "takes" },
        { "goes idle, though {x3} waits", id = "idle" },
        { "dies: there are too many workers",
          "Nobody dies at once: idle workers are kept for minutes.", id = "dies" } },
      answer = function(t)
        local ended = t:first(ends(x0))
        local asked = t:first(event("keep_working"):by(ended.thread):after(ended.ms))
        return asked.yes and "takes" or "idle", asked
      end,
      hints = { "How many workers of the pool could use the CPU at that moment?",
                "Between two items a worker asks `keep_working`: work waits, and I am the only one "
                .. "running?",
                "nr_running counts {x0}'s worker itself and the others that are not asleep. If it is "
                .. "more than 1, somebody else will get to {x3}." },
      why = "This is how the surplus goes away: nobody is stopped, but whoever *finishes* an item while "
            .. "others run goes idle." }
    run_idle()

    ask { "From an earlier lesson: {w0} sleeps inside its function on CPU 0, and an interrupt on CPU 1 "
          .. "queues {w0} again. Who does the second run?", id = "recall", rule = "R2.9",
      choices = {
        { "an idle worker of CPU 1, at once",
          "{w0} would be running twice at the same time.", id = "cpu1" },
        { "an idle worker of CPU 0, as soon as nr_running is 0",
          "That one takes it, sees that {w0} is still running, and hands it over.", id = "idle" },
        { "the worker in which {w0} sleeps, after the first run", id = "runner" } },
      correct = "runner",
      hints = { "How many runs of one item can there be at the same time?",
                "The queueing CPU looks where the item still runs.",
                "It is queued to CPU 0's pool; whoever takes it there finds another worker inside it. "
                .. "To whom does it give the item?" },
      why = "An item never runs twice at once: the second run waits for the worker that has the first." }
    recap { "A bound pool with work keeps one worker runnable: asleep does not count.",
            "0 runnable: wake one. 2 runnable: stop nobody, start nobody new.",
            "A spare worker is kept idle; the one that went idle last is woken first." }
  end }
