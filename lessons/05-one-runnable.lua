-- 05-one-runnable.lua: a bound pool keeps one worker runnable, and never puts a worker back to sleep.
return lesson {
  title    = "One runnable worker",
  question = "Why does a pool with ten sleepers start an eleventh, and never a second that runs?",
  minutes  = 14, needs = { "life" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R3.6", "R3.7", "R4.1", "R4.3", "R4.5", "R4.6", "R4.11" },
               errata = { "E1.19", "E1.20", "E1.23" },
               checklist = { "L14" },
               scenarios = {
                 doc_max3 = { w0 = "w0", w1 = "w1", w2 = "w2", q0 = "jobs" },
                 wakeup_holds_back = { w0 = "x0", w2 = "x3" }, sleep_wakes_next = {}, wait_chain = {} } },
  params   = function(pick)
    local run = pick(5, 7)
    return { run = run, pause = run + 2, last = 2 }   -- x0 wakes 2 ms into x2's work
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
    say { "CPU 0's *pool* has two workers, both idle. Three items are queued on the workqueue `jobs` "
          .. "at once. Each of them only waits 3 ms for its disk.", look = pool(0) }
    queue_all(r1, r2, r3)
    run_idle()
    say { "Each time an item slept, no worker was *runnable*, which means: has the CPU or waits for it. So "
          .. "another worker took the next item. The pool's title counts the runnable workers: *nr_running*. "
          .. "The pool created workers on the way, as it always keeps one in reserve. They stay for a while: "
          .. "not \"exactly enough\" workers, but enough and a spare.", look = pool(0) }

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
          "Then the CPU would be idle while work waits. That would happen with max_active 1.",
          id = "none", world = { belief = "wake-none" } },
        { "wakes one idle worker", id = "one" },
        { "wakes two workers: two items wait",
          "Then two workers would be runnable and compete for one CPU. Once the first is awake, "
          .. "nr_running is 1 again, and no other worker is needed.", id = "both",
          world = { belief = "wake-all" } },
        { "creates a new worker",
          "There are idle workers already. The pool makes a thread only when no worker is left in reserve.",
          id = "new" } },
      answer = function(t)
        local start = t:first(starts(w1))
        if t:find(wakes(w0):before(start.ms)) then return "none", start end
        if t:find(creates(pool(0)):after(slept.ms)) then return "new", start end
        local first = t:first(wakes(pool(0)):after(sleeps(w0)))
        for _, kick in ipairs(t:all(wakes(pool(0)):after(sleeps(w0)):before(start.ms))) do
          if kick.worker ~= first.worker then return "both", first end
        end
        return "one", first
      end,
      hints = { "Look at the pool's nr_running: how many workers could use the CPU now?",
                "The pool wants exactly one runnable worker while there is work.",
                "nr_running went from 1 to 0, and the list has {w1} and {w2}. How many workers must wake "
                .. "to make it 1 again?" },
      why = "`need_more_worker()` is true when the list is not empty *and* nr_running is 0. The pool woke "
            .. "one worker, the one that became idle last. After that the answer was false." }
    run_until(starts(w1))
    predict { "nr_running is 1, so {w2} waits, though workers are idle and CPU 1 is free (`jobs` is per CPU). "
              .. "{w0} works for 5 ms, sleeps for 10 and works for 5; {w1} and {w2} work for 5 and sleep for 10. "
              .. "How many ms after the three were queued does the last one finish?", id = "last-end", rule = "R4.3",
      number = "ms", within = 0.6,
      wrong = {
        { function(_, v) return v >= 45 end,
          "That is one item after the other, as with one thread per workqueue: 20 + 15 + 15." },
        { function(_, v) return v > 30 end,
          "{w2} does not wait for {w0} or {w1} to *end*. It waits only until both of them sleep." },
        { function(_, v) return v <= 21 end,
          "{w0} and {w1} ended after 20 ms. {w2} started 10 ms after it was queued, and it works and "
          .. "sleeps for 15." },
        { function() return true end,
          "{w2} started 10 ms after it was queued, when {w1} went to sleep. Nothing held it up for long "
          .. "after that." } },
      answer = function(t)
        local last = t:first(ends(w2))
        for _, w in ipairs { w0, w1 } do   -- with jitter the last one may be another
          if t:first(ends(w)).ms > last.ms then last = t:first(ends(w)) end
        end
        return last.ms - queued, last
      end,
      hints = { "When does {w2} get its turn? Which two items must be asleep first?",
                "{w0} is asleep after 5 ms and {w1} after 10. Then no worker is runnable again.",
                "{w2} starts after 10 ms. It works for 5 ms, then sleeps for 10. Does anything hold it up?" },
      why = "5 + 5 + 5 ms of work fill the CPU without a gap while the other items sleep. The items end "
            .. "after 20, 20 and 25 ms, not after 20, 35 and 50." }
    run_idle()

    -- 3. a worker that wakes is not put back to sleep
    local x0 = work("x0", function() burn(p.run) sleep_ms(p.pause) burn(p.last) end)
    local x1 = work("x1", function() burn(p.run) sleep_ms(p.pause) end)
    local x2 = work("x2", function() burn(p.run) sleep_ms(p.pause) end)
    local x3 = work("x3", function() burn(1) end)
    say { "Same idea, new numbers. {x0} works for {run} ms, sleeps for {pause} and works for {last}; {x1} "
          .. "and {x2} work for {run} and sleep for {pause}; {x3} only works for 1. So {x0} wakes while "
          .. "{x2} is working.",
          look = { x0, x2 } }
    queue_all(x0, x1, x2, x3)
    run_before(wakes(x0))
    predict { "{x0}'s sleep is over and its worker gets the CPU, in the middle of {x2}'s work. Two workers "
              .. "could use the CPU now. What does the pool do about it?", id = "two", rule = "R4.1",
      moves = true,   -- with jitter the scheduler may let {x2} end before it lets {x0} go on
      choices = {
        { "puts {x0}'s worker back to sleep until {x2} is done",
          "Some popular texts claim this. But the pool never stops a worker that wakes inside its function. "
          .. "Look: it runs.", id = "back", world = { belief = "put-back-to-sleep" } },
        { "counts nr_running as 1: {x2}'s worker was preempted",
          "A preempted worker is not asleep: it is still *runnable*, and it counts. Look at nr_running.",
          id = "one" },
        { "nothing: nr_running is 2 for a while", id = "two" } },
      answer = function(t)
        local woke = t:first(wakes(x0))
        local goes_on = t:first(event("burn"):by(woke.thread):after(wakes(x0)))
        if t:find(sleeps(x0):after(wakes(x0))) then return "back", goes_on end
        return woke.nr_running >= 2 and "two" or "one", goes_on
      end,
      hints = { "Does the pool decide which of two runnable threads has the CPU, or the scheduler?",
                "A worker that slept counts again once it has the CPU. A preempted worker has never stopped counting.",
                "{x2}'s worker is runnable, and so is {x0}'s. Count them. Does any rule of the pool take the "
                .. "CPU from a runnable worker?" },
      why = "The pool only decides which worker to *wake*. Two are runnable, and the scheduler shares the "
            .. "CPU between them." }
    run_before(ends(x0))
    predict { "{x0} is about to finish. {x3} still waits for a worker, and nr_running is above 1. What does "
              .. "{x0}'s worker do when the function has returned?", id = "surplus", rule = "R4.5",
      moves = true,   -- as before
      choices = {
        { "takes {x3}: the worker is free, and {x3} waits",
          "Then two workers would still compete for the CPU. At the end of an item the worker asks "
          .. "whether another one is running already.", id = "takes", world = { belief = "wake-all" } },
        { "goes idle, though {x3} waits", id = "idle" },
        { "dies: there are too many workers",
          "The pool keeps idle workers for minutes before it ends them.", id = "dies" } },
      answer = function(t)
        local ended = t:first(ends(x0))
        local asked = t:first(event("keep_working"):by(ended.thread):after(ended.ms))
        return asked.yes and "takes" or "idle", asked
      end,
      hints = { "How many of the pool's workers could use the CPU at that time?",
                "Between two items a worker calls `keep_working()`: does work wait, and is this the only "
                .. "running worker?",
                "nr_running counts {x0}'s worker and the others that run. If it is more than 1, another "
                .. "worker will get to {x3}." },
      why = "This is how the surplus ends: the pool stops no worker, but a worker that *finishes* an item "
            .. "while others run goes idle." }
    run_idle()

    ask { "Suppose the pool did wait until a sleeping item has ended. {w0} is asleep because it waits for a result of "
          .. "{w1}, which is on the worklist behind it. What would break?", id = "break",
      choices = {
        { "both would wait for ever: each of them waits for the other", id = "deadlock" },
        { "only time would be lost: {w1} starts when {w0} has ended",
          "{w0} does not end before {w1} has given its result.", id = "late" },
        { "nothing: the other CPU would take {w1}",
          "`jobs` is per CPU: {w1} is on CPU 0's list, and only CPU 0's workers look there.", id = "cpu1" } },
      correct = "deadlock",
      hints = { "What does {w0} need to end?", "What does {w1} need to start, if the pool waits for {w0}?",
                "{w0} needs {w1}'s result, and {w1} needs a worker. With the rule above, when is there one?" },
      why = "With one thread for each workqueue and CPU it was so. Now an item that sleeps never keeps the CPU from the items "
            .. "behind it." }
    ask { "From an earlier lesson: {w0} sleeps inside its function on CPU 0, and an interrupt on CPU 1 "
          .. "queues {w0} again. Which worker does the second run?", id = "recall", rule = "R2.9",
      choices = {
        { "an idle worker of CPU 1, at once",
          "Then {w0} would run twice at the same time.", id = "cpu1" },
        { "an idle worker of CPU 0, as soon as nr_running is 0",
          "That worker takes {w0}, finds that it is still running, and hands it over.", id = "idle" },
        { "the worker in which {w0} sleeps, after the first run", id = "runner" } },
      correct = "runner",
      hints = { "How many runs of one item can there be at the same time?",
                "The queueing CPU looks where the item still runs.",
                "{w0} is queued on CPU 0's pool. The worker that takes it there finds another worker inside "
                .. "it. To which worker does it give the item?" },
      why = "An item never runs twice at once. The second run waits for the worker that does the first." }
    recap { "A bound pool with work keeps one worker runnable. A worker that sleeps does not count.",
            "With 0 runnable, the pool wakes one. With 2 runnable, it stops none and starts none.",
            "The pool keeps a spare worker idle. It wakes the one that went idle last." }
  end }
