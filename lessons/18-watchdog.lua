-- 18-watchdog.lua: reading "BUG: workqueue lockup".
return lesson {
  title    = "The watchdog",
  question = "How is the report \"BUG: workqueue lockup\" to be read?",
  minutes  = 14, needs = { "hogs", "rescuer" },
  machine  = { cpus = 2, boot = { cpu_intensive_thresh_us = 0, watchdog_thresh = 1 } },
  covers   = { rules = { "R12.1", "R12.2", "R12.3", "R12.5", "R12.6", "R12.8" }, errata = { "E1.32", "E1.35", "E2.59" },
               checklist = { "L22" },
               scenarios = {
                 lockup_hog = { w0 = "spin", w1 = "w1", q0 = "jobs" }, lockup_rt = { w0 = "r1" },
                 lockup_create = {}, lockup_short = {}, lockup_thresh2 = {} } },
  params   = function(pick)
    return { spin_time = pick(30, 34) * 100, rt = pick(26, 30) * 100, touches = pick(30, 35),
             stall = pick { 1500, 1600, 2300, 2500 } }
  end,

  function(p)
    local jobs = alloc_workqueue("jobs", 0, 0)
    local function queue_on_1(...)
      local items = { ... }
      irq(1, "disk", function() for _, w in ipairs(items) do queue_work(jobs, w) end end)
    end
    local function short() burn(1) end

    -- 1. an item that computes and computes
    ask { "First a question about lesson 6. An item computes for seconds and never sleeps; another item waits behind it in the "
          .. "same pool. When does the second one start, as a kernel is configured usually?", id = "recall", rule = "R4.17",
      choices = {
        { "when the first one has ended", "That is so only if the detection of hogs is turned off, as in this lesson.",
          id = "ended" },
        { "soon after the first one has computed for 10 ms", id = "soon" },
        { "at once: the pool has idle workers", "No worker is woken while one is running, until that one is found to be a hog.",
          id = "at-once" } },
      correct = "soon",
      hints = { "What does the tick do with a worker that has computed for long?", "After 10 ms it is marked as CPU_INTENSIVE. "
                .. "Does it count in nr_running then?", "It does not count any more, so the pool wakes the next worker." },
      why = "The detection of hogs hides many lockups. It was added in 6.5; this lesson turns it off, to see one." }
    local spin, w1 = work("spin", function() hog(p.spin_time) end), work("w1", short)
    say { "The *watchdog* is a timer that looks at all pools again and again: every 30 seconds, here every second. The time is a "
          .. "setting, *watchdog_thresh*. A pool makes progress when one of its workers starts an item. The watchdog reports a "
          .. "pool that has items waiting and has made no progress for longer than watchdog_thresh." }
    say { "The detection of hogs is off. The watchdog began at 0 ms. At 300 ms CPU 1 gets {spin}, which computes for {spin_time} "
          .. "ms, and {w1} behind it.", look = spin }
    param("watchdog_thresh", 1)
    run(300)
    queue_on_1(spin, w1)
    local queued = now()
    predict { "{w1} waits behind {spin}. When does the watchdog report the pool of CPU 1?", id = "when", rule = "R12.2",
      choices = {
        { "exactly one second after {spin} has started", "The watchdog does not look all the time. It looks once a second, and "
          .. "a stall that is younger than a second is not reported.", id = "exact" },
        { "between one and two seconds after {spin} has started", id = "second" },
        { "after 10 ms, when {spin} is found to be a hog", "That detection is off. It would also be no lockup: the pool would "
          .. "start {w1}.", id = "hog" },
        { "not at all: CPU 1 is busy, and it works", "Being busy is no progress. {w1} waits, and nothing of the pool has "
          .. "started.", id = "never" } },
      answer = function(t)
        local e = t:first(stalls())
        local late = e.ms - queued
        return late < 100 and "hog" or near(late, 1000, 5) and "exact" or "second", e
      end,
      hints = { "How often does the watchdog look, and when was its last look before {spin} started?",
                "It looks after about 1.0 s and 2.0 s. {spin} starts at 0.3 s. How old is the stall at each look?",
                "At the first look the stall is 0.7 s old: too young. At the second it is 1.7 s old." },
      why = "A report comes between one and two times `watchdog_thresh` after the stall began: with the default between 30 "
            .. "and 60 seconds." }
    run_until(stalls(), 5000)
    run(1)
    show "dmesg"
    ask { "The report in the log (PgUp shows its beginning) has the lines `in-flight: 12:spin` and `pending: w1`, and a "
          .. "*backtrace*: the functions that a thread is in. Whose stack is that?",
      id = "stack", rule = "R12.3",
      choices = {
        { "that of {w1}, which is late", "{w1} has not started. It has no thread and no stack.", id = "w1" },
        { "that of the worker that runs {spin}", id = "spin" },
        { "that of the watchdog, which found it", "The watchdog is a timer. Its stack would explain nothing.", id = "dog" } },
      correct = "spin",
      hints = { "Which of the two items has a thread?", "`in-flight: 12:spin`: 12 is the PID of a worker.",
                "The backtrace is of the workers of the stalled pool that are on a CPU or waiting for one." },
      why = "*In-flight* items are inside their functions, *pending* items wait. Here the one in flight is guilty. It is not "
            .. "always so, as the next two scenes show." }
    run_idle(9000)

    -- 2. the pool is innocent
    local r1 = work("r1", short)
    say { "Second scene. The real-time thread `rt` computes on CPU 1 for {rt} ms; no normal thread gets the CPU meanwhile. {r1} "
          .. "is queued there.", look = r1 }
    param("watchdog_thresh", 1)
    task(1, "rt", function() hog(p.rt) end, { fifo = 50 })
    run(5)
    queue_on_1(r1)
    local second = now()
    predict { "The watchdog will report the pool of CPU 1. Which items does the report list as in-flight?", id = "flight",
      rule = "R12.8",
      choices = {
        { "{r1}, which is late", "A worker was woken for {r1}, but it has never had the CPU. {r1} is pending.", id = "r1" },
        { "none", id = "none" },
        { "`rt`, which has the CPU", "`rt` is no worker. The report knows workers and items only.", id = "rt" } },
      answer = function(t)
        local e = t:first(stalls():after(second))
        return t:at(e).work(r1).running and "r1" or "none", e
      end,
      hints = { "Has a worker started {r1}?", "A worker is awake. What does it need before it can take {r1} from the list?",
                "It needs CPU 1, which `rt` has. An item is in flight when its function has been called. Has {r1}'s?" },
      why = "Nothing in flight, items pending, no backtrace: the pool is the victim. The missing fact is the thread that has "
            .. "the CPU; the report does not name it." }
    run_until(stalls(), 5000)
    run(1)
    show "dmesg"
    run_idle(9000)

    -- 3. a manager that cannot go on
    local s = {}
    for i = 1, 3 do s[i] = work("s" .. i, function() sleep_ms(3000) end) end
    local s4 = work("s4", short)
    say { "Third scene. Memory is short, so no new thread can be created. {s1}, {s2} and {s3}, which sleep for 3 seconds each, "
          .. "are queued on CPU 1, and {s4} behind them.", look = s4 }
    param("watchdog_thresh", 1)
    no_new_workers(true)
    queue_on_1(s[1], s[2], s[3], s4)
    local third = now()
    run_until(sleeps(s[1]))
    predict { "The report will list {s1} as in-flight, asleep, and the others as pending. What keeps {s4} waiting?",
      id = "guilty", rule = "R12.6",
      choices = {
        { "{s1}: it is the only item in flight", "{s1} sleeps, and a sleeping item does not hold up others: another worker would take "
          .. "the next one.", id = "s1" },
        { "the other worker, which tries to create a third one", id = "manager" },
        { "max_active of `jobs`", "All four are active. They are on the worklist.", id = "limit" } },
      answer = function(t)
        local e = t:first(stalls():after(third))
        local pool = t:at(e).pool(1)
        if t:at(e).work(s4).inactive then return "limit", e end
        return pool.manager and "manager" or "s1", e
      end,
      hints = { "How many workers has the pool, and what does each of them do?",
                "One sleeps inside {s1}. The other one was woken, and it is the last one. What must it do before it takes an item?",
                "The last idle worker first creates another one, and takes an item after that. What becomes of its attempt while no "
                .. "thread can be created?" },
      why = "`manager: 8` at the end of the pool's line is the fact to look for: the worker with PID 8 is the manager and has "
            .. "made no worker yet. A rescuer would help: the lesson about WQ_MEM_RECLAIM showed it." }
    run_until(stalls(), 5000)
    run(1)
    show "dmesg"
    no_new_workers(false)
    run_idle(9000)

    -- 4. a watchdog that is kept quiet
    local t1 = work("t1", function() for _ = 1, p.touches do hog(100) wq_watchdog_touch(1) end end)
    local t2 = work("t2", short)
    say { "Now a mistake. The author of {t1} has seen the report and calls `wq_watchdog_touch()` after every 100 ms of its "
          .. "{touches} rounds: the call gives the watchdog a fresh stamp of the time. {t2} waits behind it.", look = { t1, t2 } }
    param("watchdog_thresh", 1)
    queue_on_1(t1, t2)
    local fourth = now()
    predict { "How many reports will there be while {t1} runs?", id = "break", rule = "R12.5",
      choices = {
        { "none, and {t2} waits as long as before", id = "none" },
        { "none, and {t2} starts earlier: touching counts as progress", "It only makes the watchdog believe so. The pool starts "
          .. "nothing.", id = "earlier" },
        { "one for each second, as before", "The watchdog takes the later of the two stamps: the pool's progress and the touch.",
          id = "three" } },
      answer = function(t)
        local start = t:first(starts(t2))
        if t:find(stalls():after(fourth)) then return "three", start end
        return t:find(ends(t1):before(start.ms)) and "none" or "earlier", start
      end,
      hints = { "Does `wq_watchdog_touch()` change the pool, or a stamp of the watchdog?",
                "The watchdog compares the time with the later of two stamps. Which worker runs {t2}, and when is it woken?",
                "The stamp is always younger than a second. nr_running is 1 until {t1} ends." },
      why = "Touching hides the report, not the stall. Let a long loop call `cond_resched()`, or put it on a workqueue with "
            .. "WQ_CPU_INTENSIVE or WQ_UNBOUND." }
    run_idle(9000)

    -- 5. other numbers
    local calc, w5 = work("calc", function() hog(p.stall) end), work("w5", short)
    say { "A last scene. The watchdog begins anew and looks every second. 0.2 seconds after its start {calc} begins to compute for "
          .. "{stall} ms, and {w5} waits behind it.", look = calc }
    param("watchdog_thresh", 1)
    run(200)
    queue_on_1(calc, w5)
    local fifth = now()
    predict { "{calc} has computed since 0.2 s and ends after {stall} ms. The watchdog looks every second. How many times does it "
              .. "report the pool?", id = "again", rule = "R12.2", fixed = true,
      choices = {
        { "not at all", "A look finds a stall that is older than a second, and it is still there.", id = "none" },
        { "once", "Count the looks at which the stall is older than a second and has not ended.", id = "once" },
        { "twice", "At the first look the stall is 0.8 s old. Count the looks after that one, until {calc} ends.", id = "twice" } },
      answer = function(t)
        local start = t:first(starts(w5))
        return ({ [0] = "none", "once", "twice" })[t:count(stalls():after(fifth))], start
      end,
      hints = { "When does the watchdog look, and how old is the stall then?",
                "It looks 0.8 s, 1.8 s and 2.8 s after {calc} has begun. When does {calc} end?",
                "{stall} ms: which of these looks come before the end, and at which of them is the stall older than a second?" },
      why = "A stall of up to twice the time can go unnoticed. No report is no proof that nothing has stalled." }
    run_idle(9000)
    recap { "A report means: items wait, and nothing of this pool has started for longer than `watchdog_thresh`.",
            "In flight and running: guilty. Nothing in flight: look for the thread that has the CPU. A manager: no thread can "
            .. "be created.",
            "The report comes one to two times `watchdog_thresh` after the beginning." }
  end }
