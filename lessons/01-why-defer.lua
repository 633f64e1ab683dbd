-- 01-why-defer.lua: what a slow interrupt handler costs, and who can take its work over.
return lesson {
  title    = "Why defer work",
  question = "Why may an interrupt handler not sleep, and why should it not be slow?",
  minutes  = 10, needs = { "first-minute" },
  machine  = { cpus = 1 },
  covers   = { rules = { "R2.1", "R2.2", "R3.1" }, checklist = { "L1" } },
  params   = function(pick)
    local packets = pick(4, 5)                   -- job in ms, gap in us: the burst fits into one job,
    return { packets = packets, job = packets == 4 and pick(2, 3) or 2, gap = pick { 200, 250, 300 } }
                                                 -- and the last run of scene 3 stays below 10 ms
  end,

  function(p)
    local handle                                 -- what the card's handler does, scene by scene
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
    say { "A program, `app`, has the CPU. A simple network card interrupts once for each packet "
          .. "and keeps none itself: *an interrupt lost is a packet lost*. Its handler checks the "
          .. "packet at once: {job} ms of work. Nothing stops a handler before it returns.",
          look = cpu(0) }
    run(1)
    burst()
    predict { "{packets} packets arrive, one every {gap} microseconds. The handler needs {job} ms "
              .. "for each one it gets. How many packets are lost?",
      id = "lost", number = "packets", within = 0,
      answer = function(t)
        -- the second turn of the handler: the line has been emptied, no more packets come
        local again = t:nth(2, event("irq_handler_entry"))
        return t:count(event("irq_lost"):before(again.ms)), t:last(event("irq_lost"))
      end,
      wrong = {
        { function(_, v) return v == 0 end,
          "While the handler runs, nobody collects: the line remembers that it was raised, once, "
          .. "and forgets how often. {right} packets were lost." },
        { function(_, v) return v == p.packets - 1 end,
          "One fewer: the first is being handled, and the line itself remembers one more." },
        { function(_, v) return v >= p.packets end,
          "Not all: the first one got the handler, and the line remembers one more." },
        { function() return true end,
          "Count again: the first packet has the handler, the second waits as a raised line. {right} "
          .. "found the line raised already." } },
      hints = { "Which packets arrive while the handler is busy with the first?",
                "A raised line is a flag, not a counter: it can be up or down.",
                "The first packet has the handler. The second raises the flag. The third finds the "
                .. "flag up: that interrupt is lost. Count on." },
      why = "The first packet had the handler, the second left the line raised; each one after "
            .. "that found it raised already. *One* slow run of a handler was enough." }
    run_until(event("irq_handler_exit"):nth(2))
    say { "Look at `app`: it has nothing to do with the network, and it stood still for as long as "
          .. "the handler ran, twice. So did every other thread and interrupt of this CPU.",
          look = cpu(0) }
    run_idle()

    -- 2. sleeping in the handler
    handle = function() msleep(p.job) end
    raise(nic)
    predict { "Somebody replaces the busy work by `msleep({job})`, so that the CPU is free "
              .. "meanwhile. What happens when the handler calls it?",
      id = "sleep",
      choices = {
        { "the handler sleeps, and other threads run meanwhile",
          "To sleep, something must be put aside and taken up again: a thread. The handler has "
          .. "none; it borrowed the stack of whoever was interrupted.", id = "sleeps" },
        { "the CPU waits {job} ms, as before",
          "That is `mdelay()`, which burns time. `msleep()` gives the CPU away, and here nobody "
          .. "may do that.", id = "waits" },
        { "the kernel reports a bug", id = "bug" } },
      answer = function(t)
        local back = t:first(returns(msleep))
        local report = t:find(bug("atomic-sleep"))
        if report then return "bug", report end
        return t:find(event("sched_switch"):before(back.ms)) and "sleeps" or "waits", back
      end,
      hints = { "What would have to be remembered so that the handler can go on later?",
                "A thread can be put aside: it has a stack of its own. Whose stack is a handler on?",
                "The handler runs on top of whatever it interrupted. Putting it to sleep would put "
                .. "*that* to sleep. Does the kernel allow it, or complain?" },
      why = "Only a thread can sleep. In interrupt context the kernel reports a BUG, in words that "
            .. "driver authors know, and goes on as well as it can." }
    run_idle()
    show "dmesg"
    say { "The report is in the kernel's log (key `d`). It names whoever was interrupted (here the idle thread, "
          .. "`swapper/0`), though it had nothing to do with it: a handler has no name of its own.",
          look = cpu(0) }

    -- 3. deferred: the handler notes the packet, a work item checks it
    local noted, checked = 0, 0
    local check = work("check", function()
      local mine = noted - checked               -- all packets noted by now, not just one
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
          "Then nothing would be gained. `queue_work()` only puts {check} on a list and wakes "
          .. "somebody.", id = "handler" },
        { "`app`, the next time it enters the kernel",
          "No program lends itself to that: workers are threads of the kernel's own.", id = "app" },
        { "a kernel thread, after the handler has returned", id = "kworker" } },
      answer = function(t)
        local start = t:first(starts(check))
        if start.thread == "app" then return "app", start end
        local left = t:find(event("irq_handler_exit"):after(queues(check)))
        return left and left.ms <= start.ms and "kworker" or "handler", start
      end,
      hints = { "Who can be put to sleep, if {check} ever has to?",
                "Look at the row of workers: one of them waits for something to do.",
                "queue_work() puts {check} on the pool's list and wakes an idle worker. It returns "
                .. "at once, and so does the handler. Who has the CPU then?" },
      why = "A *worker*, here a `kworker`, called it: a thread that can be interrupted, that shares "
            .. "the CPU with others, and that may sleep." }
    run_idle()
    expect(checked == p.packets, "every packet was checked")

    ask { "Not one interrupt was lost. {check} was queued {packets} times, and ran fewer times than "
          .. "that. Were packets forgotten?", id = "forgotten", rule = "R2.1",
      choices = {
        { "no: a run takes all packets noted so far", id = "no" },
        { "yes: each call that found PENDING set is a packet nobody checks",
          "Look at the length of the last run: it did the work of several packets. A call that finds "
          .. "PENDING set relies on the run that is still to come.", id = "yes" } },
      answer = function(t)
        local burnt = 0
        for _, e in ipairs(t:all(starts(check))) do
          burnt = burnt + t:first(ends(check):after(e.ms)).ms - e.ms
        end
        return burnt > (p.packets - 1) * p.job and "no" or "yes", t:last(ends(check))
      end,
      hints = { "How long did each run of {check} take?",
                "The function does not count calls: it looks how many packets are noted.",
                "{packets} packets at {job} ms each: add up the runs of {check}, and compare." },
      why = "Several calls, one run to come (you met this in the first minute). So a work function "
            .. "takes *all* there is to do, not one portion per call." }
    ask { "\"Our card interrupts once an hour. A handler of {job} ms is fine.\" Is it?", id = "rare",
      choices = {
        { "yes: once an hour, {job} ms do not matter",
          "They matter to whoever shares the CPU. In the first scene a single turn of the handler "
          .. "was enough to lose packets.", id = "yes" },
        { "no: what comes in during those {job} ms may be lost, whoever it is for", id = "no" },
        { "yes, if the CPU is fast enough to catch up afterwards",
          "There is nothing left to catch up with: a line that was already raised does not count.",
          id = "catch-up" } },
      correct = "no",
      hints = { "In the first scene, during how many turns of the handler were packets lost?",
                "Rare is about how often. What is the harm of one time?",
                "One turn of {job} ms: every line raised twice in it has lost an interrupt. Would it "
                .. "help those packets that the next turn is an hour away?" },
      why = "It is the longest moment that counts, not the average: the CPU is deaf for all of it." }
    recap { "A handler has no thread: it cannot sleep; while it runs, its CPU is deaf.",
            "It hands the slow half to a work item; a worker thread runs it." }
  end }
