-- 01-why-defer.lua: the cost of a slow interrupt handler, and the thread that can do its work.
return lesson {
  title    = "Why defer work",
  question = "Why may an interrupt handler not sleep, and why should it not be slow?",
  minutes  = 11, needs = { "first-minute" },
  machine  = { cpus = 1 },
  covers   = { rules = { "R2.1", "R2.2", "R3.1" }, checklist = { "L1" },
               scenarios = {
                 irq_queue = { w0 = "check", only = "executor order seq" } } },
  params   = function(pick)
    local packets = pick(4, 5)                   -- job in ms, gap in us: the burst fits into one job,
    return { packets = packets, job = packets == 4 and pick(2, 3) or 2, gap = pick { 200, 250, 300 },
             quick = pick { 50, 100, 150 } }
                                                 -- and the last run of scene 3 stays below 10 ms
  end,

  function(p)
    local handle                                 -- the card's handler, scene by scene
    local nic = irq_line(0, "nic", function() handle() end)
    local function burst()                       -- all of it within one handler's time
      raise(nic)
      for i = 1, p.packets - 1 do
        after(i * p.gap / 1000, function() raise(nic) end)
      end
    end

    -- 1. all of the work inside the handler
    handle = function() burn(p.job) end
    task(0, "app", function() compute(4) end)
    run(0.2)
    say { "A program, `app`, has the CPU. This simple network card has no buffer: it interrupts "
          .. "once per packet, so *a lost interrupt is a lost packet*. Its handler checks the packet "
          .. "right there, which takes {job} ms. Nothing stops a handler before it returns.",
          look = cpu(0) }
    run(0.8)
    burst()
    predict { "{packets} packets arrive, one every {gap} microseconds. The handler needs {job} ms "
              .. "for each packet it gets. How many packets are lost?",
      id = "lost", number = "packets", within = 0,
      answer = function(t)
        -- the second call of the handler: no more packets come
        local again = t:nth(2, event("irq_handler_entry"))
        return t:count(event("irq_lost"):before(again.ms)), t:last(event("irq_lost"))
      end,
      wrong = {
        { function(_, v) return v == 0 end,
          "While the handler runs, no code checks the interrupt line. It remembers *that* it was "
          .. "raised, not *how many times*. {right} were lost." },
        { function(_, v) return v == p.packets - 1 end,
          "One fewer: the handler has the first packet, and the raised line stands for one more." },
        { function(_, v) return v >= p.packets end,
          "Not all: the handler has the first packet, and the raised line stands for one more." },
        { function() return true end,
          "Count again: the handler has the first packet, and the second one raised the line. {right} "
          .. "found the line already raised." } },
      hints = { "Which packets arrive while the handler is busy with the first?",
                "A raised line is a flag, not a counter. It is either up or down.",
                "The handler has the first packet. The second raises the flag. The third finds the "
                .. "flag up, so that interrupt is lost. Go on counting." },
      why = "The handler had the first packet, and the second raised the line. Each packet after "
            .. "that found the line already raised. *One* slow run of a handler was enough." }
    run_until(event("irq_handler_exit"):nth(2))
    run(0.4)
    say { "Look at `app` in the row of CPU 0: it has nothing to do with the network, and yet it stood "
          .. "still while the handler ran, twice. So did every other thread and interrupt of this CPU.",
          look = cpu(0) }
    run_idle()

    -- 2. sleeping in the handler
    handle = function() msleep(p.job) end
    raise(nic)
    predict { "Someone replaces the busy loop with `msleep({job})`, to free the CPU in the "
              .. "meantime. What happens when the handler calls it?",
      id = "sleep",
      choices = {
        { "the handler sleeps, and other threads run in the meantime",
          "Going to sleep means setting something aside to resume later, and that something is a "
          .. "thread. The handler has none: it runs on the stack of the thread it interrupted.", id = "sleeps" },
        { "the CPU waits {job} ms, as before",
          "That is `mdelay()`, which keeps the CPU busy. `msleep()` gives up the CPU, which an "
          .. "interrupt handler may not do.", id = "waits" },
        { "the kernel reports a bug", id = "bug" } },
      answer = function(t)
        local back = t:first(returns(msleep))
        local report = t:find(bug("atomic-sleep"))
        if report then return "bug", report end
        return t:find(event("sched_switch"):before(back.ms)) and "sleeps" or "waits", back
      end,
      hints = { "What would the kernel have to set aside so that the handler can go on later?",
                "A thread can be set aside: it has a stack of its own. On whose stack does a handler run?",
                "The handler runs on the stack of the thread that it interrupted. If the handler slept, "
                .. "*that thread* would sleep. Does the kernel allow it, or complain?" },
      why = "Only a thread can sleep. In interrupt context the kernel reports a BUG, in words that "
            .. "driver authors know, and then goes on as well as it can." }
    run_idle()
    show "dmesg"
    say { "The report is in the kernel's log (key `d`). It names the thread that was interrupted: here "
          .. "`swapper/0`, the idle thread, which did nothing wrong. A handler has no name of its own.",
          look = cpu(0) }

    -- 3. deferred: the handler notes the packet, a work item checks all packets noted by then, not just one
    local noted, checked = 0, 0
    local check = work("check", function()
      local mine = noted - checked
      burn(mine * p.job)
      checked = checked + mine
    end)
    handle = function() noted = noted + 1 queue_work(system_wq, check) end
    burst()
    predict { "Now the handler only notes the packet and calls `queue_work(system_wq, check)`; "
              .. "{check} does the {job} ms. The same {packets} packets come. Who runs {check}?",
      id = "who", rule = "R3.1",
      choices = {
        { "the handler, before it returns",
          "That would gain nothing. `queue_work()` only puts {check} on a list and wakes a "
          .. "thread.", id = "handler" },
        { "`app`, the next time it enters the kernel",
          "The kernel does not borrow a user program for this. It has threads of its own, the workers.", id = "app" },
        { "a kernel thread, after the handler has returned", id = "kworker" } },
      answer = function(t)
        local start = t:first(starts(check))
        if start.thread == "app" then return "app", start end
        local left = t:find(event("irq_handler_exit"):after(queues(check)))
        return left and left.ms <= start.ms and "kworker" or "handler", start
      end,
      hints = { "If {check} ever has to sleep, what must it run in?",
                "Look at the workers of the pool: both wait for something to do.",
                "queue_work() puts {check} on the pool's list and wakes an idle worker. It returns "
                .. "at once, and so does the handler. Which thread has the CPU then?" },
      why = "A *worker* called it, one of the kernel threads named `kworker`. A worker can be "
            .. "interrupted, shares the CPU with other threads, and may sleep." }
    run_until(starts(check))
    say { "`queue_work()` names a *workqueue*, here the kernel's own `system_wq`, called `events`. A workqueue "
          .. "is not a *pool*: it has no threads. Threads belong to pools, and a CPU's pool serves all workqueues:\n"
          .. "  check --> wq events --+\n"
          .. "  other --> wq disk   --+--> CPU 0's pool",
          look = { check, pool(0) } }
    run_idle()
    expect(checked == noted, "every packet that was noted was checked")

    ask { "Not one interrupt was lost. `queue_work()` was called {packets} times, but {check} ran fewer "
          .. "times. Were packets forgotten?", id = "forgotten", rule = "R2.1",
      choices = {
        { "no: a run handles all packets noted so far", id = "no" },
        { "no: {check} will run again, once for each packet that is left",
          "No run is to come: the worker is idle, and PENDING is clear. Compare the lengths of the two runs.",
          id = "later" },
        { "yes: each call that found PENDING set is a packet that is never checked",
          "Look at the length of the last run: it did the work of several packets. A call that finds "
          .. "PENDING set leaves its packet to the run that is still to come.", id = "yes" } },
      answer = function(t)
        local burnt = 0
        for _, e in ipairs(t:all(starts(check))) do
          burnt = burnt + t:first(ends(check):after(e.ms)).ms - e.ms
        end
        return burnt > (p.packets - 1) * p.job and "no" or "yes", t:last(ends(check))
      end,
      hints = { "How long did each run of {check} take?",
                "The function does not count calls. It looks at how many packets are noted.",
                "{packets} packets take {job} ms each. Add up the lengths of the runs of {check} and compare." },
      why = "Several calls can lead to one run, as in the first minute. So a work function does "
            .. "*all* the work there is, not one piece per call." }

    -- 4. a quick handler
    handle = function() burn(p.quick / 1000) end
    local fourth = now()
    burst()
    predict { "Other numbers: all of the work is in the handler again, but now it takes {quick} microseconds. "
              .. "{packets} packets come, one every {gap} microseconds. How many are lost?", id = "quick",
      choices = {
        { "none: the handler returns before the next packet comes", id = "none" },
        { "as many as before: only a work item can help",
          "A work item is for work that is slow or has to sleep. Quick work may stay in the handler.", id = "same" },
        { "one: the second packet finds the handler busy",
          "{gap} microseconds after the first packet the handler has long returned.", id = "one" } },
      answer = function(t)
        local last = t:nth(p.packets, event("irq_handler_entry"):after(fourth))
        local lost = t:count(event("irq_lost"):after(fourth))
        return lost == 0 and "none" or lost == 1 and "one" or "same", last
      end,
      hints = { "When does the handler return, and when does the next packet come?",
                "A packet is lost only if it finds the line raised already.",
                "The handler needs {quick} microseconds, and {gap} pass until the next packet. Is the line "
                .. "still raised then?" },
      why = "The work of a handler must be shorter than the time between two interrupts, at any time of the day." }
    run_idle()
    ask { "\"Our card interrupts once an hour. A handler of {job} ms is fine.\" Is it?", id = "rare",
      short = "Is a slow handler fine if its card interrupts rarely?",
      choices = {
        { "yes: {job} ms once an hour do not matter",
          "They matter to everything else on that CPU. In the first scene a single run of the "
          .. "handler was enough to lose packets.", id = "yes" },
        { "no: any interrupt that arrives during those {job} ms may be lost", id = "no" },
        { "yes, if the CPU is fast enough to catch up afterwards",
          "There is nothing to catch up on: an interrupt that finds its line already raised leaves no trace.",
          id = "catch-up" } },
      correct = "no",
      hints = { "In the first scene, during how many runs of the handler were packets lost?",
                "\"Once an hour\" is a number of runs. How much harm does one run do?",
                "During one run of {job} ms, every line that is raised twice loses an interrupt. Does it "
                .. "help those packets that the next run is an hour away?" },
      why = "The longest stretch counts, not the average: the CPU answers no interrupt during it." }
    recap { "A handler has no thread, so it cannot sleep. While it runs, its CPU answers no other interrupt.",
            "It hands the slow half to a work item, and a worker thread runs that." }
  end }
