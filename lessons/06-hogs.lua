-- 06-hogs.lua: an item that never sleeps: detection after 10 ms, WQ_CPU_INTENSIVE, WQ_HIGHPRI.
return lesson {
  title    = "Hogs",
  question = "An item computes for 40 ms and never sleeps. How long does the next item wait?",
  minutes  = 12, needs = { "one-runnable" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R4.1", "R4.16", "R4.17", "R4.18" }, errata = { "E2.19", "E2.52", "E2.57", "E2.4" },
               checklist = { "L40" },
               asked = { high = { "E2.4" } },
               scenarios = {
                 hog_auto = { to = "never-offers", w0 = "crunch", w1 = "short", q0 = "jobs" },
                 cpu_intensive = { from = "intense", to = "flag.verdict", w0 = "crunch", w1 = "short", q0 = "jobs", q1 = "intense" },
                 hog_reset = {}, doc_cpu_intensive = {}, mix_cpu_intensive_hi = {}, mix_hog_then_sleep = {},
                 hog_report = {} } },
  params   = function(pick)
    return { job = pick { 30, 40, 50 }, thresh = pick { 3, 4, 5 } }
  end,

  function(p)
    local jobs = alloc_workqueue("jobs", 0, 0)
    local crunch = work("crunch", function() burn(p.job) end)
    local short = work("short", function() burn(1) end)
    local function both(wq_of_crunch, crunching, wq_of_short)
      irq(0, "disk", function() queue_work(wq_of_crunch, crunching) queue_work(wq_of_short, short) end)
      return now()
    end

    -- 1. the pool waits, and then it counts again
    say { "{crunch} computes for {job} ms. Now and then it calls `cond_resched()`, so that other threads get the CPU. "
          .. "{short} needs 1 ms. Both are queued on `jobs`, {crunch} first.", look = pool(0) }
    local q1 = both(jobs, crunch, jobs)
    predict { "The interrupt that queues them is about to come, and two workers are idle. How long does {short} wait for "
              .. "its start?",
      id = "when", rule = "R4.17",
      choices = {
        { "a few ms: {crunch} calls `cond_resched()`, and the scheduler is fair",
          "The scheduler can only share the CPU between threads that are awake. nr_running is 1, so the pool wakes no "
          .. "worker for {short}.", id = "fair", world = { belief = "wake-all" } },
        { "more than 10 ms, but not until {crunch} has ended", id = "ten" },
        { "until {crunch} has ended: one worker runs, and that is enough",
          "So it was before 6.5. Since then the scheduler's tick measures each item, and after 10 ms its worker no "
          .. "longer counts.", id = "end" } },
      answer = function(t)
        local start = t:first(starts(short):after(q1))
        if t:find(ends(crunch):after(q1):before(start.ms)) then return "end", start end
        return start.ms - q1 < 10 and "fair" or "ten", start
      end,
      hints = { "How many workers does the pool want runnable? What is nr_running now?",
                "Something must make nr_running 0. {crunch} does not sleep. Which part of the kernel looks at a thread "
                .. "that computes?",
                "The scheduler's tick comes every ms. It knows how long the worker has been inside {crunch}. From a "
                .. "threshold on, the worker is not counted. The threshold is as long as a long wait for a disk." },
      why = "Each tick adds up the CPU time of the item. At 10 ms (`cpu_intensive_thresh_us`) the worker got the flag "
            .. "CPU_INTENSIVE and left nr_running. It became 0, so the pool woke a worker for {short}." }
    run_until(starts(short))
    ask { "What became of {crunch} at that moment?", id = "crunch", rule = "R4.17",
      choices = {
        { "the pool put its worker to sleep until {short} was done",
          "The pool stops no worker. Look at its row: it is runnable, and waits for the CPU.", id = "sleep" },
        { "its worker is not counted any more, and shares the CPU", id = "shares" },
        { "it was moved to an unbound pool",
          "An item that has begun stays with its worker. The kernel's log only advises to use an unbound workqueue.",
          id = "moved" } },
      answer = function(t)
        local start = t:first(starts(short):after(q1))
        local w = t:at(start).work(crunch)
        if not w.running then return "moved", start end
        return t:at(start).worker(w.worker).sleeping and "sleep" or "shares", start
      end,
      hints = { "Look at the row of {crunch}'s worker.", "Which number changed when the tick came?",
                "nr_running went from 1 to 0, then to 1 for the worker of {short}. Two workers want the CPU, and one of "
                .. "them is counted. Who decides which one has it?" },
      why = "From here on the scheduler decides, as for any two threads: the pool has one worker that counts and one "
            .. "that does not." }
    run_idle()

    -- 2. no cond_resched()
    local hogging = work("hogging", function() hog(p.job) end)
    say { "The same with {hogging}: it computes for {job} ms too, but *never* calls `cond_resched()`. This kernel is "
          .. "built with *voluntary preemption*: a thread inside the kernel keeps the CPU until it sleeps or offers it.", look = pool(0), id = "hogging" }
    local q2 = both(jobs, hogging, jobs)
    run_until(starts(hogging))
    predict { "When does {short} start now?", id = "never-offers", rule = "R4.17",
      choices = {
        { "after about 10 ms, as before",
          "A worker is woken then. Look: it is runnable from there on. But nothing takes the CPU from {hogging}.",
          id = "ten" },
        { "when {hogging} has ended", id = "end" },
        { "after about 10 ms, on CPU 1, which is idle",
          "The workers of a per-CPU pool stay on their CPU.", id = "cpu1" } },
      answer = function(t)
        local start = t:first(starts(short):after(q2))
        if start.cpu ~= 0 then return "cpu1", start end
        return t:find(ends(hogging):after(q2):before(start.ms)) and "end" or "ten", start
      end,
      hints = { "The pool wakes a worker after 10 ms. What else does a thread need to run?",
                "With voluntary preemption, code in the kernel keeps the CPU until it sleeps or calls `cond_resched()`.",
                "Two steps: the pool wakes a worker, and the scheduler gives it the CPU. The first comes after 10 ms. "
                .. "{hogging} offers no place for the second." },
      why = "The pool decides which worker is *awake*. Whether it *runs* is for the scheduler. Such a loop needs a "
            .. "`cond_resched()`, whatever the workqueue's flags are." }
    run_idle()

    -- 3. the flag
    local intense = alloc_workqueue("intense", WQ_CPU_INTENSIVE, 0)
    say { "A new workqueue, `intense`, has *WQ_CPU_INTENSIVE*. {crunch} goes there, {short} stays on `jobs`.",
          look = intense, id = "intense" }
    local q3 = both(intense, crunch, jobs)
    run_before(starts(crunch))
    predict { "How long does {short} wait this time?", id = "flag", rule = "R4.16",
      choices = {
        { "about 10 ms, as before: the tick must find {crunch} first",
          "The worker has the flag from the first instruction of {crunch} on. The tick has nothing to find.", id = "ten",
          world = { flags = 0 } },
        { "less than 10 ms: {crunch} is not counted from its first instruction on", id = "soon" },
        { "until {crunch} has ended: it was queued first",
          "Order on the list is order of *starting*. {crunch} has started; it does not have to end.", id = "end" } },
      answer = function(t)
        local start = t:first(starts(short):after(q3))
        if t:find(ends(crunch):after(q3):before(start.ms)) then return "end", start end
        return start.ms - q3 < 9 and "soon" or "ten", start
      end,
      hints = { "What made {short} wait in the first scene: the scheduler, or nr_running?",
                "The worker of an item of `intense` gets CPU_INTENSIVE when it starts the item.",
                "nr_running is 0 as soon as {crunch} starts, and {short} is on the list. What does the pool do then?" },
      why = "The worker of {crunch} never counted, so the pool woke another one at once. The rest of the wait is the "
            .. "scheduler's: two threads share a CPU." }
    run_idle()
    local q4 = both(jobs, crunch, intense)
    run_until(starts(crunch))
    predict { "Now the other way round: {crunch} is on `jobs`, and {short} on `intense`. Does the flag let {short} start "
              .. "sooner than in the first scene?", id = "wrong-side", rule = "R4.16",
      choices = {
        { "yes: intensive items are started at once",
          "The flag is about what happens *after* an item's start. Until then the item waits like any other.", id = "yes" },
        { "no: {short} waits for nr_running to become 0, and {crunch} counts", id = "no" },
        { "no: it waits even longer, behind all other items",
          "It is next on the list. Nothing is behind or before it but {crunch}.", id = "longer" } },
      answer = function(t)
        local start = t:first(starts(short):after(q4))
        if start.ms - q4 < 9 then return "yes", start end
        return start.ms - q4 < 16 and "no" or "longer", start
      end,
      hints = { "Which of the two items keeps nr_running at 1?", "Whose worker gets the flag, and when?",
                "{crunch}'s worker counts until the tick finds it. Is there anything in {short}'s flag that changes that?" },
      why = "WQ_CPU_INTENSIVE helps the *others*. Give it to the workqueue of the item that computes." }
    run_idle()

    -- 4. another pool
    local high = alloc_workqueue("high", WQ_HIGHPRI, 0)
    say { "Last scene: {crunch} is on `jobs`, and {short} on `high`, a workqueue with *WQ_HIGHPRI*.", look = high,
          id = "other-pool" }
    local q5 = both(jobs, crunch, high)
    run_before(starts(crunch))
    predict { "Does {crunch} hold {short} up for 10 ms again?", id = "high", rule = "R4.1",
      choices = {
        { "yes: both are on CPU 0, and one of its workers is running",
          "nr_running belongs to a *pool*. Items of `high` go to CPU 0's other pool, where no worker runs.", id = "yes",
          world = { flags = 0 } },
        { "no: a highpri worker is a real-time thread (SCHED_FIFO)",
          "It is a normal thread with nice -20. `ps` shows it: policy TS, not FF. No workqueue can choose a policy.",
          id = "fifo" },
        { "no: `high` uses CPU 0's other pool, which counts for itself", id = "pool" } },
      answer = function(t)
        local start = t:first(starts(short):after(q5))
        return start.ms - q5 < 9 and "pool" or "yes", start
      end,
      hints = { "How many pools does CPU 0 have?", "The name of the worker of {short} ends in H.",
                "CPU 0 has a normal pool and a highpri pool, each with its own list and its own nr_running. In which of "
                .. "them does {crunch} count?" },
      why = "Each CPU has two pools. WQ_HIGHPRI selects the one with workers of nice -20: they get a larger share of the "
            .. "CPU, and their items do not wait behind normal ones." }
    run_idle()

    -- 5. other numbers
    param("cpu_intensive_thresh_us", p.thresh * 1000)
    local q6 = both(jobs, crunch, jobs)
    predict { "The first scene again, but the administrator has set the parameter `cpu_intensive_thresh_us` to "
              .. "{thresh}000. How many ms after it is queued does {short} start, more or less?", id = "thresh", rule = "R4.18",
      number = "ms", within = 2.5,
      wrong = {
        { function(_, v) return v >= p.job - 3 end, "{crunch} does not have to end first." },
        { function(_, v) return v >= 8 and v <= 14 end, "10 ms is the default. The parameter has another value now." },
        { function(_, v) return v < 1 end, "nr_running is still 1 until the tick finds {crunch} at work." },
        { function() return true end, "The threshold, and then up to two ticks until the scheduler changes threads." } },
      answer = function(t) local start = t:first(starts(short):after(q6)) return start.ms - q6, start end,
      hints = { "Which event let {short} start in the first scene?", "The parameter is in microseconds.",
                "The tick after {thresh} ms of CPU time takes {crunch}'s worker out of nr_running. Then the woken worker "
                .. "waits for its turn, a tick or two." },
      why = "The threshold decides. On a slow machine the kernel makes it longer by itself, up to 1 s; 0 switches the "
            .. "detection off." }
    run_idle()

    ask { "From an earlier lesson: {crunch} *sleeps* for {job} ms instead of computing. When does {short} start?",
      id = "recall", rule = "R4.3",
      choices = {
        { "after 10 ms", "The threshold is about CPU time, and a sleeping item uses none.", id = "ten" },
        { "as soon as {crunch} sleeps", id = "once" },
        { "after {job} ms", "A sleeping worker does not count, so the pool wakes another one.", id = "end" } },
      correct = "once",
      hints = { "Does a worker that sleeps count in nr_running?", "nr_running becomes 0 in the moment it sleeps.",
                "nr_running is 0 and {short} waits: `need_more_worker()` is true at once." },
      why = "Sleeping is what workqueues are made for. Only items that *compute* for long hold others up." }
    recap { "A worker that computes counts in nr_running, so its pool starts nothing else: for 10 ms.",
            "WQ_CPU_INTENSIVE on the long item's workqueue removes this wait. On the short item's it does nothing.",
            "A woken worker still needs the CPU: a loop without cond_resched() keeps it." }
  end }
