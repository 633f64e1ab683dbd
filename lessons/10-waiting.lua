-- 10-waiting.lua: flush_work(), cancel_work_sync() and disable_work(): which run each of them waits for or prevents.
return lesson {
  title    = "Waiting and cancelling",
  question = "When flush_work() or cancel_work_sync() has returned, which runs can there still be?",
  minutes  = 12, needs = { "life" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R2.6", "R2.8", "R2.12", "R6.1" }, errata = { "E1.13" }, checklist = { "L10" },
               scenarios = {
                 cancel_running = { w0 = "tick", q0 = "files" }, flush_returns = {}, cancel_pending = {},
                 cancel_sync_requeue = {}, disable_enable = {}, mix_disable_nest = {},
                 pub_cancel_then_mod = {}, pub_close_disable = {} } },
  params   = function(pick)
    local work, nap = pick(2, 4), pick(5, 7)
    return { work = work, nap = nap, late = work + 1, work2 = pick(3, 5), nap2 = pick(6, 9) }
  end,

  function(p)
    local wq = alloc_workqueue("files", 0, 0)
    local function card_queues(cpu, item) irq(cpu, "card", function() queue_work(wq, item) end) end

    -- 1. flush_work() with a run and a pending one
    local save = work("save", function() burn(p.work) sleep_ms(p.nap) end)
    say { "{save} works for {work} ms and sleeps for {nap} ms. It is queued, and {late} ms later, in the middle of its "
          .. "run, it is queued again. Then a thread, `closer`, calls `flush_work(save)`. As soon as the second run has "
          .. "begun, the card queues {save} once more.", look = save }
    local first = now()
    card_queues(0, save)
    after(p.late, function() card_queues(0, save) end)
    after(p.late + 0.5, function() task(1, "closer", function() flush_work(save) end) end)
    when(starts(save), function()
      if now() - first > p.late and now() - first < 1.5 * (p.work + p.nap) then card_queues(1, save) end
    end)
    run(p.late + 0.4)
    predict { "`closer` is about to call `flush_work(save)`. For which run does it wait?", id = "flush", rule = "R6.1",
      choices = {
        { "for the run that is going on",
          "There is a later queueing before the call. A flush waits for the *last* one.", id = "first" },
        { "for the second run, the last one that was queued before the call", id = "second" },
        { "until {save} does not run any more, later requests included",
          "A request that comes after the call is no business of this flush. Otherwise a busy device could hold it up for "
          .. "ever.", id = "all" } },
      answer = function(t)
        local back = t:first(returns(flush_work, save))
        local ended = t:count(ends(save):before(back.ms))
        return ended == 1 and "first" or ended == 2 and "second" or "all", back
      end,
      hints = { "Which requests have been made before the call?", "A flush adds a marker behind the item that it waits for.",
                "Two requests came before the call: one runs, one is pending. The marker, a *barrier*, stands behind "
                .. "the pending one. When does a worker get to it?" },
      why = "`flush_work()` puts a barrier behind the last queueing so far and waits for it. Runs that are asked for "
            .. "later come behind the barrier." }
    run_idle()

    -- 2. cancel_work_sync() of an item that queues itself
    local tick
    tick = work("tick", function()
      for _ = 1, 4 * p.work do burn(0.25) end
      queue_work(wq, tick)
    end)
    say { "{tick} works for {work} ms and then queues *itself* again, for ever. `closer` calls `cancel_work_sync(tick)` "
          .. "in the middle of a run.", look = tick, id = "itself" }
    card_queues(0, tick)
    run(1)
    local called = now()
    task(1, "closer", function() cancel_work_sync(tick) end)
    predict { "What happens to {tick}?", id = "cancel", rule = "R2.12",
      choices = {
        { "its function is stopped where it is",
          "No thread of the kernel can be stopped from outside: it may hold locks. `cancel_work_sync()` waits for the end "
          .. "of the function.", id = "stopped", world = { belief = "cancel-kills" } },
        { "its function goes on to its end, but cannot queue {tick} again", id = "ends" },
        { "it goes on for ever, and the call never returns: it queues itself each time",
          "While the call waits, the item is disabled: `queue_work()` returns false.", id = "for-ever" } },
      answer = function(t)
        local back = t:first(returns(cancel_work_sync, tick))
        -- a function that goes on to its end calls queue_work() there
        if not t:find(returns(queue_work, tick):after(called):before(back.ms)) then return "stopped", back end
        return t:at(back).work(tick).pending and "for-ever" or "ends", back
      end,
      hints = { "Can a thread that holds a lock be ended safely?",
                "The call must make sure that there is no run afterwards. Which two things does it have to prevent?",
                "It waits for the run that is going on. In the meantime {tick} calls `queue_work(tick)`. Which answer must "
                .. "that call get, so that the wait has an end?" },
      why = "Since 6.10 `cancel_work_sync()` disables the item while it waits, and enables it again when it returns." }
    run_until(returns(cancel_work_sync, tick))
    ask { "Which value did `cancel_work_sync(tick)` return?", id = "value", rule = "R2.5",
      choices = {
        { "true: {tick} has been stopped",
          "The value is about *pending* requests, and nothing was pending when the call came.", id = "true" },
        { "false: no request was pending", id = "false" },
        { "true: the call had to wait", "Waiting does not change the value.", id = "waited" } },
      answer = function(t)
        local back = t:last(returns(cancel_work_sync, tick))
        return back.ret and "true" or "false", back
      end,
      hints = { "What did the value of `cancel_work()` mean, in the lesson about an item's life?",
                "It is true if a request was taken back.",
                "The call came in the middle of a run, before the function queued {tick} again. Was there a request to "
                .. "take back?" },
      why = "The value is true if a request was taken back. After the call no run is going on, whatever it was." }
    run_idle()

    -- 3. disabled
    say { "`closer` calls `disable_work_sync(save)`. While {save} is disabled, the card queues it. Then `closer` calls "
          .. "`enable_work(save)`. Some ms later the card queues {save} once more.", look = save }
    local third = now()
    task(1, "closer", function() disable_work_sync(save) sleep_ms(3) enable_work(save) end)
    after(1, function() card_queues(0, save) end)
    after(8, function() card_queues(0, save) end)
    predict { "The card's first request comes while {save} is disabled. What becomes of it?", id = "disabled", rule = "R2.6",
      choices = {
        { "it runs as soon as {save} is enabled: PENDING is kept",
          "`queue_work()` returned false and kept nothing.", id = "kept" },
        { "it is refused, and never made up for", id = "refused" },
        { "it runs at once: disabling holds only against cancelled items",
          "A disabled item refuses every request.", id = "runs" } },
      answer = function(t)
        local start = t:first(starts(save):after(third))
        if start.ms > third + 7 then return "refused", start end   -- the run of the next request
        return start.ms < t:first(returns(enable_work, save)).ms and "runs" or "kept", start
      end,
      hints = { "What does `queue_work()` return for a disabled item?", "The item has a count of disables, and no list of requests.",
                "The call returned false. Is there a place where a refused request could be kept?" },
      why = "A driver that enables an item again must find out itself whether there is work. "
            .. "`enable_and_queue_work()` enables and queues." }
    run_until(starts(save))
    run_idle()

    -- 4. a caller that holds things up
    local go = completion("go")
    local reply = work("reply", function() wait_for_completion(go) end)
    say { "Last scene. {reply} waits for `go`, a *completion*: threads sleep on it until another one calls `complete(go)`. "
          .. "`closer` calls `cancel_work_sync(reply)`, and `complete(go)` *after* that.", look = reply, id = "last-scene" }
    card_queues(0, reply)
    run_until(sleeps(reply))
    local asleep = now()
    task(1, "closer", function() cancel_work_sync(reply) complete(go) end)
    predict { "When does `cancel_work_sync(reply)` return?", id = "break", rule = "R2.12",
      choices = {
        { "at once: {reply} sleeps, it does not run",
          "A function that sleeps has not returned: {reply} is still running.", id = "once" },
        { "never: it waits for {reply}, and {reply} for what comes after it", id = "never" },
        { "as soon as the worker can be woken: the wait ends with an error",
          "Its wait ends only when `go` is completed.", id = "error" } },
      answer = function(t)
        local gone = t:first(returns(complete):after(asleep))
        if gone.thread ~= "you" then return "once", gone end
        return "never", gone
      end,
      hints = { "Until when does `cancel_work_sync()` wait?", "What does {reply} need to return?",
                "{reply} needs `complete(go)`. That line of `closer` comes after the call. Which of the two waits ends first?" },
      why = "It is the same with a mutex that the caller holds and the function takes. A caller that cancels an item "
            .. "must not hold what its function waits for." }
    run(30)
    task(0, "you", function() complete(go) end)
    run_until(returns(complete))
    say { "30 ms have passed. A thread of ours calls `complete(go)`, and both go on.", look = reply }
    run_idle()

    -- 5. other numbers
    local read = work("read", function() burn(p.work2) sleep_ms(p.nap2) end)
    say { "Other numbers: {read} works for {work2} ms and sleeps for {nap2} ms. It is queued, and again 1 ms later; at "
          .. "once after that `closer` calls `flush_work(read)`.", look = read, id = "other-numbers" }
    local fifth = now()
    card_queues(0, read)
    after(1, function() card_queues(0, read) end)
    after(1.2, function() task(1, "closer", function() flush_work(read) end) end)
    run(0.5)
    predict { "How many ms after the first queueing does `flush_work(read)` return?", id = "numbers", rule = "R6.1",
      number = "ms", within = 0.6,
      wrong = {
        { function(_, v) return math.abs(v - p.work2 - p.nap2) < 1.5 end, "That is the end of the first run. A second one is pending." },
        { function(_, v) return math.abs(v - 2 * p.work2 - p.nap2) < 1.5 end,
          "The two runs do not overlap: an item never runs twice at once." },
        { function() return true end, "Two runs, one after the other, each of {work2} and {nap2} ms." } },
      answer = function(t)
        local back = t:first(returns(flush_work, read))
        return back.ms - fifth, back
      end,
      hints = { "How many runs were asked for before the call?", "Can the second run begin while the first one sleeps?",
                "Two runs of {work2} + {nap2} ms, one after the other." },
      why = "The flush waited for the second run, and that for the first one." }
    run_idle()

    ask { "From an earlier lesson: a delayed item waits on its timer for another 10 s. Which call returns soon, after the "
          .. "item has *run*?", id = "recall", rule = "R6.5",
      choices = {
        { "`flush_workqueue()`", "It returns at once, and the item has not run.", id = "flush-wq" },
        { "`cancel_delayed_work_sync()`", "It returns soon, but takes the request back.", id = "cancel" },
        { "`flush_delayed_work()`", id = "flush-delayed" } },
      correct = "flush-delayed",
      hints = { "One of the three does not know of timers.", "One of them takes the request back.",
                "The third one ends the timer, queues the item now, and waits for its run." },
      why = "`flush_delayed_work()` does not wait for the timer: it queues the item at once." }
    recap { "flush_work() waits for the last queueing before the call, not for later ones.",
            "cancel_work_sync() takes back what is pending, refuses new requests, and waits for the run that is going on.",
            "It stops nothing. Do not call it while you hold what the function needs." }
  end }
