-- 12-unload.lua: the order in which a driver's remove() stops what queues, what runs, and frees the memory.
return lesson {
  title    = "Unloading a driver",
  question = "In which order must remove() stop things, so that no item runs afterwards?",
  minutes  = 14, needs = { "waiting", "delayed" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R1.3", "R2.12", "R5.27", "R5.29", "R8.8", "R1.1" }, errata = { "E2.34", "E2.62", "E2.35" },
               checklist = { "L29", "L30", "L43", "L8" },
               scenarios = {
                 destroy_drains = { w0 = "save1", w1 = "save2", q0 = "saver" }, debug_free = {},
                 cancel_sync_requeue = {} } },
  params   = function(pick)
    return { job = pick(2, 4), period = pick(6, 9), late = pick(20, 30), work = pick(3, 5) }
  end,

  function(p)
    local wq    = alloc_workqueue("nic_wq", 0, 0)
    local saver = alloc_workqueue("saver", 0, 0)

    local function switch_off() burn(0.5) end      -- of a card

    -- 1. cancel, then free the line
    local nic1 = object("nic1", { packets = 0 })
    nic1.reset1 = work("reset1", function(w)
      local dev = container_of(w)
      burn(p.job)
      dev.packets = 0
    end)
    local line1 = irq_line(0, "card1", function() queue_work(wq, nic1.reset1) end)
    say { "A driver keeps its data in {nic1}, an *object* in memory. The work item {reset1} is a part of it. A function "
          .. "gets its item as the only argument; `container_of()` gives it the object around the item. The card's "
          .. "interrupt queues {reset1}, which works for {job} ms.", look = { nic1, "reset1" } }
    say { "`rmmod` unloads the driver: it calls the driver's function `remove()`. This one calls "
          .. "`cancel_work_sync(reset1)`. Then `free_irq(line)` takes the handler off the interrupt line, and `kfree(nic1)` "
          .. "gives the memory back.", look = { nic1, "reset1" } }
    raise(line1)
    task(1, "rmmod", function()
      sleep_ms(1)
      cancel_work_sync(nic1.reset1)
      switch_off()
      free_irq(line1)
      kfree(nic1)
    end)
    run_until(calls(cancel_work_sync))
    when(returns(cancel_work_sync, nic1.reset1), function() after(0.2, function() raise(line1) end) end)
    predict { "{reset1} is running, and `cancel_work_sync()` waits for it. Right after that call has returned, before "
              .. "`free_irq()`, the card interrupts once more. What happens?", id = "cancel-first", rule = "R2.12",
      choices = {
        { "nothing: {reset1} was cancelled, so `queue_work()` returns false",
          "It is refused only *while* the call waits. Afterwards {reset1} is an item like any other.", id = "refused" },
        { "{reset1} runs once more, and `free_irq()` waits for it",
          "`free_irq()` waits for the interrupt's handler, and that only queues {reset1}.", id = "waits" },
        { "{reset1} is queued, and then its memory is freed", id = "crash" } },
      answer = function(t)
        local again = t:first(returns(queue_work, "reset1"):after(t:first(returns(cancel_work_sync))))
        if not again.ret then return "refused", again end
        local broken = t:first(bug())
        return "crash", broken
      end,
      hints = { "What does `cancel_work_sync()` promise, and until when?",
                "The interrupt line still works. What does its handler do?",
                "The handler queues {reset1}. The next line of `remove()` waits for the handler only. Which call is "
                .. "after that?" },
      why = "`cancel_work_sync()` promises that no run is left *when it returns*. It does not stop the source: the next "
            .. "interrupt queued {reset1} again, and {nic1} was freed while it ran." }
    run_idle()

    -- 2. the same place, another call
    local nic2 = object("nic2", { packets = 0 })
    nic2.reset2 = work("reset2", function(w)
      local dev = container_of(w)
      burn(p.job)
      dev.packets = 0
    end)
    local line2 = irq_line(0, "card2", function() queue_work(wq, nic2.reset2) end)
    say { "*KASAN* is a checker that test kernels have: it reports each use of memory that was freed. A kernel without it "
          .. "reports nothing. It reads and writes whatever is in that memory now.", look = "reset1" }
    say { "Another driver, {nic2}, has the same items and the same interrupts. Its `remove()` calls "
          .. "`disable_work_sync(reset2)`, which you know from an earlier lesson, in place of the cancel, then `free_irq(line)` "
          .. "and `kfree(nic2)`.",
          look = { nic2, "reset2" } }
    raise(line2)
    task(1, "rmmod", function()
      sleep_ms(1)
      disable_work_sync(nic2.reset2)
      switch_off()
      free_irq(line2)
      kfree(nic2)
    end)
    run_until(calls(disable_work_sync))
    when(returns(disable_work_sync, nic2.reset2), function() after(0.2, function() raise(line2) end) end)
    predict { "Again the card interrupts after the call has returned and before `free_irq()`. What happens this time?",
      id = "disable-first", rule = "R2.7",
      choices = {
        { "the same: {reset2} is queued, and then its memory is freed",
          "`disable_work_sync()` is not undone when it returns. {reset2} refuses every request from then on.",
          id = "crash" },
        { "{reset2} is queued, and runs when it is enabled again",
          "A disabled item keeps no request. `queue_work()` returns false, and that is all.", id = "kept" },
        { "nothing: `queue_work()` returns false", id = "refused" } },
      answer = function(t)
        local again = t:first(returns(queue_work, "reset2"):after(t:first(returns(disable_work_sync))))
        if not again.ret then return "refused", again end
        return t:find(bug():after(again)) and "crash" or "kept", again
      end,
      hints = { "From an earlier lesson: what does a disabled item do with a request?",
                "`cancel_work_sync()` disables the item while it waits, and enables it again. When does "
                .. "`disable_work_sync()` enable it?",
                "It never does. The handler calls `queue_work(reset2)` on a disabled item. Which value does it get?" },
      why = "In `remove()` a disabled item need never be enabled again. So this order is safe, although the source is "
            .. "stopped later." }
    run_idle()

    -- 3. an item that arms its own timer
    local nic3 = object("nic3", { link = 0 })
    nic3.poll = delayed_work("poll", function(w)
      local dev = container_of(w)
      burn(p.job)
      dev.link = dev.link + 1
      queue_delayed_work(wq, dev.poll, msecs_to_jiffies(p.period))
    end)
    say { "{nic3} has a *delayed* item, {poll}. Its function looks at the link for {job} ms and then arms the timer "
          .. "again, for {period} ms later. `remove()` calls `cancel_delayed_work(poll)`, without `_sync`, and "
          .. "`kfree(nic3)`. It does so in the middle of a run.", look = { nic3, "poll" } }
    task(1, "probe", function() queue_delayed_work_on(0, wq, nic3.poll, msecs_to_jiffies(2)) end)
    run_until(starts("poll"))
    task(1, "rmmod", function()
      sleep_ms(1)
      cancel_delayed_work(nic3.poll)
      kfree(nic3)
    end)
    predict { "{poll} runs, and `remove()` calls `cancel_delayed_work(poll)`. What happens?", id = "poll", rule = "R8.8",
      choices = {
        { "nothing: the timer is stopped, so {poll} does not come back",
          "The timer is not armed during a run: there was nothing to stop. The run goes on and arms it.", id = "stopped" },
        { "`kfree()` waits for the run: {poll} is a part of {nic3}",
          "`kfree()` never waits. It does not know what is in the memory.", id = "waits" },
        { "the run goes on, in memory that has been freed", id = "crash" } },
      answer = function(t)
        local broken = t:first(bug():after(t:first(starts("poll"))))
        return broken and "crash", broken
      end,
      hints = { "Is the timer of {poll} armed while its function runs?", "Without `_sync` the call does not wait.",
                "The call finds nothing to take back and returns false. `kfree()` is next. What is the worker of {poll} "
                .. "doing?" },
      why = "`cancel_delayed_work_sync()` would have waited for the run, and would have refused to let it arm the timer "
            .. "again." }
    run_idle()

    -- 4. destroy_workqueue()
    local save1, save2 = work("save1", function() burn(p.job) end), work("save2", function() burn(p.job) end)
    local blink = delayed_work("blink", function() burn(1) end)
    say { "The last driver has a workqueue of its own, `saver`. {save1} and {save2} are queued on it; each works for {job} "
          .. "ms. The timer of the delayed item {blink} is armed for {late} ms. 1 ms later `remove()` calls "
          .. "`destroy_workqueue(saver)`.", look = { saver, save1, save2, blink } }
    task(0, "app", function()
      queue_work(saver, save1)
      queue_work(saver, save2)
      queue_delayed_work(saver, blink, msecs_to_jiffies(p.late))
    end)
    task(1, "rmmod", function() sleep_ms(1) destroy_workqueue(saver) end)
    run_until(calls(destroy_workqueue))
    predict { "{save1} runs, {save2} waits, and the timer of {blink} is armed. When does `destroy_workqueue(saver)` return?",
      id = "destroy", rule = "R5.29",
      choices = {
        { "when {save1} has ended: {save2} has not begun, and is dropped",
          "It drops nothing. It *drains* the workqueue: it waits until all that is queued has run.", id = "drops" },
        { "when {save1} and {save2} have ended", id = "queued" },
        { "when the timer of {blink} has expired as well",
          "{blink} is not on the workqueue. A timer has it.", id = "timer", world = { belief = "flush-waits-timers" } } },
      answer = function(t)
        local back = t:first(returns(destroy_workqueue))
        if back.ms - t:first(delays(blink)).ms > p.late - 1 then return "timer", back end
        return t:find(ends(save2):before(back)) and "queued" or "drops", back
      end,
      hints = { "Which of the three items are on the workqueue?", "From the lesson about delayed work: does a flush wait "
                .. "for timers?",
                "A destroy flushes until the workqueue is empty. {save2} is on it. Where is {blink}?" },
      why = "So a flush before `destroy_workqueue()` is not needed." }
    run_until(returns(destroy_workqueue))
    predict { "`saver` is gone, and the timer of {blink} is still armed. What happens when it expires?",
    id = "timer", rule = "R5.29",
      choices = {
        { "nothing: `destroy_workqueue()` has stopped the timer",
          "It does not know of the timer: the timer is a part of {blink}, and {blink} was never on `saver`.",
          id = "stopped" },
        { "{blink} runs on `system_wq` instead",
          "{blink} has a pointer to `saver`. Nothing changes that pointer.", id = "system" },
        { "the timer's function uses a workqueue that was freed", id = "crash" } },
      answer = function(t)
        local broken, start = t:find(bug():after(t:first(returns(destroy_workqueue)))), t:find(starts(blink))
        return broken and "crash" or start and "system" or nil, broken or start
      end,
      hints = { "What does the timer's function do when it expires?", "It queues {blink} on the workqueue that "
                .. "`queue_delayed_work()` named.",
                "That workqueue was `saver`, and its memory has been freed. Which memory does the function use?" },
      why = "Before `destroy_workqueue()` each delayed item needs a `cancel_delayed_work_sync()`. A drain does not "
            .. "replace it." }
    run_idle()

    -- 5. the right order, and a number
    ask { "A card's interrupt handler calls `mod_delayed_work(wq, dev.poll, ...)`. In which order does a safe `remove()` "
              .. "make these calls?",
      id = "order", rule = "R2.12",
      order = { "free_irq(line)", "cancel_delayed_work_sync(poll)", "destroy_workqueue(wq)", "kfree(dev)" },
      correct = { "free_irq(line)", "cancel_delayed_work_sync(poll)", "destroy_workqueue(wq)", "kfree(dev)" },
      wrong = {
        { function(_, v) return v[4] ~= "kfree(dev)" end, "As long as something can still run, the memory must stay. "
          .. "`kfree()` comes last." },
        { function(_, v) return v[1] ~= "free_irq(line)" end, "The handler can queue {poll} again after each of the "
          .. "other calls. Stop the *source* first." },
        { function() return true end, "The timer of {poll} may be armed while the workqueue is destroyed. Cancel it "
          .. "before." } },
      hints = { "Which of the four makes sure that nothing is queued any more?", "Which of them must come last?",
                "First the source, then the item with its timer, then the workqueue. What is left?" },
      why = "Source, item, workqueue, memory: each step needs the one before it." }
    local tidy = work("tidy", function() burn(p.work) end)
    say { "Other numbers: {tidy} works for {work} ms. It is queued, and 1 ms into its run it is queued again. At once "
          .. "after that `remove()` calls `cancel_work_sync(tidy)`.", look = tidy }
    local fifth = now()
    irq(0, "card", function() queue_work(wq, tidy) end)
    after(1, function() irq(0, "card", function() queue_work(wq, tidy) end) end)
    after(1.1, function() task(1, "rmmod", function() cancel_work_sync(tidy) end) end)
    run(0.5)
    predict { "How many ms after the first queueing does `cancel_work_sync(tidy)` return?", id = "numbers", rule = "R2.12",
      number = "ms", within = 0.5,
      wrong = {
        { function(_, v) return math.abs(v - 2 * p.work) < 1 end, "The second run has not begun. It is taken back: the "
          .. "call does not wait for it." },
        { function(_, v) return v < 2 end, "The first run is going on, and `_sync` waits for its end." },
        { function() return true end, "It waits for the end of the current run: {right} after the queueing." } },
      answer = function(t)
        local back = t:first(returns(cancel_work_sync, tidy))
        return back.ms - fifth, back
      end,
      hints = { "How many runs are asked for, and which of them has begun?", "The call takes back the pending run and "
                .. "waits for the current one.",
                "The first run began at once and takes {work} ms." },
      why = "One run to come is taken back, and the current one is waited for." }
    run_idle()
    recap { "remove() stops the source first, then cancels the item, then frees the memory.",
            "After cancel_work_sync() an item can be queued again; after disable_work_sync() it cannot.",
            "destroy_workqueue() runs what is queued. It does not stop timers." }
  end }
