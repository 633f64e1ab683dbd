-- 11-rescuer.lua: work that must run when no thread can be made, without a rescuer and with one.
return lesson {
  title    = "The rescuer",
  question = "How does writeback run when no thread can be made?",
  minutes  = 15, needs = { "one-runnable" },
  machine  = { cpus = 3 },
  covers   = { rules = { "R3.6", "R3.9", "R7.1", "R7.2", "R7.3", "R7.4", "R7.8", "R7.9", "R7.10",
                         "R12.2" },
               errata = { "E1.10", "E1.36", "E1.37", "E2.18" },
               checklist = { "L23" },
               scenarios = {
                 rescuer = { wr = "save2" }, pub_journal_reclaim = { w2 = "writer2", j2 = "save2" },
                 rescuer_deadlock = {}, pub_rescuer_blocker = {}, reclaim_flush_warn = {} } },
  params   = function(pick) return { copy = pick(2, 3), flush = pick(1, 2), short = pick(4, 7) } end,

  function(p)
    param("watchdog_thresh", 1)                     -- the watchdog checks for lockups once a second
    local fs = alloc_workqueue("fs", 0, 0)

    -- On `cpu`: `writer` waits for memory that only `writeback` can free.
    local function scene(cpu, wq, writer, ...)
      local writeback = { ... }
      task(cpu, "app", function()
        queue_work(fs, writer)
        for _, item in ipairs(writeback) do queue_work(wq, item) end
      end)
      run_until(starts(writer))                     -- by now a spare worker has been made
      no_new_workers(true)                          -- there is no memory for another thread
    end

    -- 1. without WQ_MEM_RECLAIM
    local slow = alloc_workqueue("slow", 0, 0)
    local freed1 = completion("freed1", { by = "save1" })
    local writer1 = work("writer1", function() burn(p.copy) wait_for_completion(freed1) burn(1) end)
    local save1 = work("save1", function() burn(p.flush) complete(freed1) end)
    say { "Memory runs out. {writer1} will wait for a free page. Only *writeback* can free one, here the item "
          .. "{save1}: it writes *dirty pages*, which have changed, to the disk. It is queued on the workqueue "
          .. "`slow`. An application queues both. From then on, making a thread has to wait for memory as "
          .. "well.", look = { writer1, save1 } }
    scene(0, slow, writer1, save1)
    run_until(sleeps(writer1))
    predict { "{writer1} sleeps and {save1} waits: nr_running is 0, so the pool wakes its one idle worker. No "
              .. "other worker is idle. What does the woken worker do first?", id = "spare", rule = "R3.6",
      choices = {
        { "runs {save1}",
          "Not yet. If {save1} slept too, no worker would be left to take the next item.", id = "runs",
          world = { belief = "exact-workers" } },
        { "tries to make another worker", id = "makes" },
        { "waits for {writer1} to be done",
          "The worker knows nothing about {writer1}. It looks at its pool.", id = "waits" } },
      answer = function(t)
        local role = t:find(manages(pool(0)):after(sleeps(writer1)))
        local start = t:find(starts(save1))
        if start then return "runs", start end
        if role then return "makes", role end
        return nil
      end,
      hints = { "From the lesson about the manager: what does a pool keep in reserve before it starts an item?",
                "A worker starts an item only if another one is idle or is being made.",
                "The worker left the idle list, so nr_idle is 0. A new spare is needed before any item "
                .. "starts. Which worker is awake to make one?" },
      why = "It became the pool's *manager*: a worker starts no item unless another one is in reserve. "
            .. "Without memory, its attempt to make a thread never returns." }
    run_until(manages(pool(0)))
    predict { "A manager starts a timer of 10 ms before it tries to make a thread. `slow` was allocated "
              .. "without any flag. What happens when the timer expires?", id = "without", rule = "R7.3",
      choices = {
        { "a thread kept for emergencies runs {save1}",
          "Only a workqueue allocated with `WQ_MEM_RECLAIM` has such a thread.", id = "rescued",
          world = { flags = WQ_MEM_RECLAIM, at_end = true } },
        { "the manager gives up and runs {save1} itself",
          "It is still trying to make a thread, and that waits for memory.", id = "gives-up" },
        { "the pool calls for help, and no thread comes", id = "nobody" } },
      answer = function(t)
        local called = t:find(maydays(slow))
        if called then return "rescued", called end
        local nobody = t:first(event("mayday_none"))
        return t:find(starts(save1)) and "gives-up" or "nobody", nobody
      end,
      hints = { "Which worker could run {save1}? Go through the workers of this pool, one by one.",
                "One waits for memory, and one waits for a thread to be made.",
                "When the timer expires, the pool wakes the rescuer of each waiting item's workqueue. Has "
                .. "`slow` got one?" },
      why = "The call for help (`mayday`) goes to the *workqueue* of each waiting item. `slow` has no "
            .. "rescuer, so {save1} waits for memory, and memory waits for {save1}." }
    run_until(stalls(pool(0)), 3000)
    run(1)                                          -- its report takes a moment to print
    show "dmesg"
    say { "This is a deadlock. The *watchdog* found it: items wait, and the pool has made no progress for "
          .. "longer than the limit (1 s here, 30 s on a real machine). The watchdog only reports it. Key "
          .. "`d` shows the kernel's log, in the words of a real machine.", look = pool(0) }
    no_new_workers(false)
    run_until(ends(writer1))
    run_idle()

    -- 2. the same scene on CPU 1, with the flag
    local safe = alloc_workqueue("safe", WQ_MEM_RECLAIM, 0)
    local freed2 = completion("freed2", { by = "save2" })
    local writer2 = work("writer2", function() burn(p.copy) wait_for_completion(freed2) burn(1) end)
    local save2 = work("save2", function() burn(p.flush) complete(freed2) end)
    say { "We freed some memory to break the deadlock. Now the same on CPU 1, but {save2} is on `safe`, "
          .. "which has *WQ_MEM_RECLAIM*. Such a workqueue has one thread of its own, its *rescuer*. It is "
          .. "made together with the workqueue, and it is asleep.", look = { save2, cpu(1) } }
    scene(1, safe, writer2, save2)
    local stuck = run_until(manages(pool(1)))
    predict { "{writer2} sleeps, {save2} waits, and a manager tries in vain to make a thread. When does "
              .. "which thread take {save2}?", id = "with", rule = "R7.9",
      choices = {
        { "the rescuer, at once: that is what it is for",
          "A rescuer is no fast lane. It sleeps until it is called, and the pool gets some time to make "
          .. "a worker first.", id = "at-once", world = { belief = "fast-lane" } },
        { "the rescuer, after 10 ms: the timer calls it", id = "timer" },
        { "a worker made from reserved memory, after 10 ms",
          "The kernel reserves no memory for threads. It made the rescuer's thread in advance.", id = "reserve" } },
      answer = function(t)
        local start = t:first(starts(save2))
        local rescue = t:find(rescues(safe))
        if not rescue then return "reserve", start end
        return start.ms - stuck.ms >= 9 and "timer" or "at-once", rescue
      end,
      hints = { "The rescuer exists already. Is it awake?",
                "What did the timer do in the first scene, when no thread came?",
                "The timer wakes the rescuer of `safe` after 10 ms. Was there a worker to run {save2} before "
                .. "that?" },
      why = "The mayday timer put `safe` on a list of workqueues that need help, and woke its rescuer. The "
            .. "rescuer went to CPU 1 and ran {save2}, and memory was free again." }
    run_until(ends(writer2))
    no_new_workers(false)
    run_idle()

    ask { "Other numbers: all is as on CPU 1, but {short} ms after the manager began there is memory again, and its "
          .. "thread is made. Which thread runs {save2} then?", id = "short", rule = "R3.9",
      choices = {
        { "the manager, after {short} ms", id = "manager" },
        { "the rescuer, after 10 ms as before",
          "The timer of 10 ms runs only as long as the manager has no thread.", id = "rescuer" },
        { "the new worker, after {short} ms; the manager makes workers and runs no items",
          "The manager is a worker like the others. It had taken the role because it wanted to start {save2}.", id = "new" } },
      correct = "manager",
      hints = { "Is the pool short of workers after {short} ms?", "When the thread is made, the new worker is idle. What was "
                .. "missing before an item could start?",
                "The manager woke up to run {save2}, and only a worker in reserve was missing. Now there is one, and 10 ms "
                .. "are not over. Who is awake?" },
      why = "The manager stops the timer, gives the role back and takes the item. Most shortages of memory are over before "
            .. "a rescuer is called." }

    -- 3. two items of one workqueue that need each other, on CPU 2
    local freed3 = completion("freed3", { by = "page" })
    local written = completion("written", { by = "log" })
    local writer3 = work("writer3", function() burn(p.copy) wait_for_completion(freed3) burn(1) end)
    local page = work("page", function() burn(p.flush) wait_for_completion(written) complete(freed3) end)
    local log = work("log", function() burn(p.flush) complete(written) end)
    predict { "Last scene, CPU 2. {page} and {log} are both on `safe`. {page} waits until {log} is written, "
              .. "and only then frees memory for {writer3}. Again no thread can be made. Does the rescuer "
              .. "break the deadlock?", id = "dependent", rule = "R7.8",
      choices = {
        { "yes: it runs {page}, then {log}",
          "It ran {page}, and {page} waits inside its function. The rescuer is *one* thread, and it "
          .. "waits there.", id = "both" },
        { "yes: while it sleeps in {page}, a second rescuer runs {log}",
          "A workqueue has one rescuer for all its CPUs together.", id = "second" },
        { "no: it sleeps in {page}, and no thread takes {log}", id = "stuck" } },
      answer = function(t)
        local report = t:find(stalls(pool(2)))
        local start = t:find(starts(log))
        if start and not report then
          return start.thread == t:first(starts(page)).thread and "both" or "second", start
        end
        return report and "stuck" or nil, report
      end,
      hints = { "How many rescuers does `safe` have?",
                "What does a thread do while its function waits for something?",
                "The rescuer takes {page} first and sleeps in it until {log} is done. Which thread is left "
                .. "for {log}?" },
      why = "A rescuer gives *one* context to its workqueue. Items that wait for each other belong on two "
            .. "workqueues, each with the flag." }
    scene(2, safe, writer3, page, log)
    run_until(stalls(pool(2)), 4000)
    no_new_workers(false)
    run_until(ends(writer3))

    ask { "Which of these workqueues needs WQ_MEM_RECLAIM?", id = "which",
      choices = {
        { "one whose items must start quickly, such as a keyboard's",
          "The flag makes nothing faster: the rescuer sleeps as long as threads can be made.",
          id = "quick" },
        { "one whose items allocate a lot of memory",
          "Those items make memory scarce. They are not needed to free some.", id = "allocates" },
        { "one the disk driver needs for writing pages out", id = "writes" } },
      correct = "writes",
      hints = { "In the first scene, which of the two items had to run before anything could go on?",
                "The flag is for work that must make progress when memory is short.",
                "For each of them: if its items cannot run, does memory stay full for ever?" },
      why = "Work that is needed to turn a dirty page into a free one must not depend on making a "
            .. "thread." }
    recap { "WQ_MEM_RECLAIM gives the whole workqueue one thread, made in advance.",
            "It runs only after a manager has failed to make a worker for 10 ms.",
            "Two items that wait for each other need two such workqueues." }
  end }
