-- 09-delayed.lua: a delayed item is on no list: a timer has it, and only mod_delayed_work() moves the timer.
return lesson {
  title    = "Delayed work",
  question = "While a delayed item waits, who has it: the workqueue or a timer?",
  minutes  = 11, needs = { "life" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R8.1", "R8.5", "R8.6", "R6.15" }, errata = { "E1.12", "E2.67", "E2.33" }, checklist = { "L11" },
               scenarios = {
                 delayed_basic = { to = "mod", d0 = "poll" },
                 delayed_mod = { from = "mod", to = "mod.verdict", d0 = "poll" }, delayed_cancel = {},
                 mix_mod_storm = {}, mix_delayed_zero = {} } },
  params   = function(pick)
    return { long = pick { 40, 50, 60 }, short = pick { 5, 10 }, a = pick(60, 80), b = pick(25, 40), c = pick(8, 14) }
  end,

  function(p)
    local wq = alloc_workqueue("sensors", 0, 0)
    local function at_once(fn) task(0, "driver", fn) end

    -- 1. a second call
    local poll = delayed_work("poll", function() burn(1) end)
    say { "A driver reads its sensor later: `queue_delayed_work(sensors, poll, {long})` asks for one run of {poll} after "
          .. "{long} *jiffies*. A jiffy is a tick of the kernel's clock, here 1 ms. After 2 ms it changes its mind and calls `queue_delayed_work(sensors, "
          .. "poll, {short})`.", look = poll }
    local first = now()
    at_once(function()
      queue_delayed_work(wq, poll, p.long)
      sleep_ms(2)
      queue_delayed_work(wq, poll, p.short)
    end)
    run_until(returns(queue_delayed_work, poll))
    predict { "The second call comes in a moment. When does {poll} run?", id = "second", rule = "R8.6",
      choices = {
        { "{short} ms after the second call: the last word counts",
          "`queue_delayed_work()` finds PENDING set and leaves the item alone, timer included. It returns false.",
          id = "moved", world = { belief = "moves-the-timer" } },
        { "{long} ms after the first call", id = "first" },
        { "twice, after each of the delays",
          "One item has one PENDING bit and one timer: the second call has nothing to arm.", id = "twice" } },
      answer = function(t)
        local start = t:first(starts(poll))
        return start.ms - first < (p.short + p.long) / 2 and "moved" or "first", start
      end,
      hints = { "What does `queue_work()` do with an item that is pending?",
                "A delayed item is pending from the moment in which its timer is armed.",
                "The second call finds PENDING set. What can a call that changes nothing do to the timer?" },
      why = "Pending is pending, on a list or on a timer. The second call returned false, and the first delay counts." }
    run_until(returns(queue_delayed_work, poll))
    ask { "{poll} is pending now. Where is it?", id = "where", rule = "R8.1",
      choices = {
        { "on the worklist of CPU 0's pool, with a time",
          "A worklist has no times. A worker would take it at once.", id = "worklist" },
        { "on the list of inactive items of `sensors`",
          "That list is for items beyond max_active.", id = "inactive" },
        { "on no list: a timer will queue it", id = "timer" } },
      answer = function(t)
        local it = t:at_now().work(poll)
        return it.timer and "timer" or it.inactive and "inactive" or "worklist", t:last(returns(queue_delayed_work, poll))
      end,
      hints = { "Look at CPU 0's worklist.", "Which part of the kernel knows how to wait for a time?",
                "The worklist is empty, and nothing is inactive. The item itself contains a `timer_list`. Who calls that "
                .. "timer's function?" },
      why = "`struct delayed_work` is a work item and a timer, and `INIT_DELAYED_WORK()` prepares both. When the timer "
            .. "expires, its function queues the item. Only then has the workqueue seen it." }
    run_idle()

    -- 2. moving the timer
    say { "The next driver means it: after 2 ms it calls `mod_delayed_work(sensors, poll, {short})`.", look = poll,
          id = "moves" }
    local second = now()
    at_once(function()
      queue_delayed_work(wq, poll, p.long)
      sleep_ms(2)
      mod_delayed_work(wq, poll, p.short)
    end)
    run(1)
    predict { "What does `mod_delayed_work()` return, and when does {poll} run?", id = "mod", rule = "R8.5",
      choices = {
        { "true; {short} ms after this call", id = "true-short" },
        { "false; {long} ms after the first call, as before",
          "That is `queue_delayed_work()`. `mod_delayed_work()` takes the pending item and arms its timer anew.",
          id = "false-long" },
        { "true; {short} ms after the time at which it would have run",
          "The new delay counts from the call.", id = "true-sum" } },
      answer = function(t)
        local start = t:nth(2, starts(poll))
        local ret = t:first(returns(mod_delayed_work, poll)).ret
        if not ret then return "false-long", start end
        return start.ms - second < (p.short + p.long) / 2 and "true-short" or "true-sum", start
      end,
      hints = { "Which of the two calls has the meaning \"at this time, whatever was before\"?",
                "It returns whether the item was pending before.",
                "The item was pending, so one of the return values is out. The timer is armed again at the time of the "
                .. "call. From when does its delay count?" },
      why = "`mod_delayed_work()` grabs the item in any state but running and arms the timer from now. Drivers use it to "
            .. "put something off as long as events keep coming." }
    run_idle()

    -- 3. flushing
    say { "Before it reads the results, the driver calls `flush_workqueue(sensors)` 2 ms after "
          .. "`queue_delayed_work(sensors, poll, {long})`.", look = wq, id = "flushes" }
    local third = now()
    at_once(function()
      queue_delayed_work(wq, poll, p.long)
      sleep_ms(2)
      flush_workqueue(wq)
    end)
    run(1)
    predict { "When does `flush_workqueue()` return?", id = "flush", rule = "R6.15",
      choices = {
        { "after {poll} has run: it was asked for before the call",
          "It was asked for, but it is not *queued*. flush_workqueue() waits for items that the workqueue has seen.",
          id = "after", world = { belief = "flush-waits-timers" } },
        { "when the timer has expired",
          "Nothing ties the call to a timer that it does not know of.", id = "expired" },
        { "at once: the workqueue has no item", id = "once" } },
      answer = function(t)
        local back = t:first(returns(flush_workqueue, wq))
        if t:find(ends(poll):after(third):before(back.ms)) then return "after", back end
        return back.ms - third > p.long / 2 and "expired" or "once", back
      end,
      hints = { "Where is {poll} at that time?", "A flush waits for items that the workqueue has at that time.",
                "The timer has not queued {poll} yet, so `sensors` has no item at all. For which item could the call "
                .. "wait?" },
      why = "A flush does not wait for timers, and neither does a drain. To wait for a delayed item call "
            .. "`flush_delayed_work()`; to end it, `cancel_delayed_work_sync()`." }
    run_idle()

    -- 4. other numbers
    say { "Other numbers: `queue_delayed_work(sensors, poll, {a})`; {c} ms later `queue_delayed_work(sensors, poll, 1)`; "
          .. "at once after that `mod_delayed_work(sensors, poll, {b})`.", look = poll, id = "other-numbers" }
    local fourth = now()
    at_once(function()
      queue_delayed_work(wq, poll, p.a)
      sleep_ms(p.c)
      queue_delayed_work(wq, poll, msecs_to_jiffies(1))
      mod_delayed_work(wq, poll, p.b)
    end)
    run(1)
    predict { "How many ms after the first call does {poll} run?",
    id = "numbers", rule = "R8.5", number = "ms", within = 1.6,
      wrong = {
        { function(_, v) return v >= p.a - 1 end, "The first delay counts only until mod_delayed_work() sets the timer "
          .. "anew." },
        { function(_, v) return v <= p.c + 3 end, "The call with the delay 1 found {poll} pending and changed nothing." },
        { function(_, v) return math.abs(v - p.b) < 2 end, "The delay of {b} counts from its call, which came {c} ms "
          .. "later." },
        { function() return true end, "Two calls changed something: the first one and the last one." } },
      answer = function(t)
        local start = t:first(starts(poll):after(fourth))
        return start.ms - fourth, start
      end,
      hints = { "Which of the three calls change the timer?", "The second one finds PENDING set.",
                "mod_delayed_work() is called {c} ms after the first call, and from there {b} ms count." },
      why = "{c} and {b} ms, and up to a tick: a timer never expires early." }
    run_idle()

    -- 5. recall: a run, and a request during it
    local slow = delayed_work("slow", function() sleep_ms(6) end)
    say { "From the lesson about an item's life: {slow} sleeps for 6 ms inside its function. 2 ms after it has begun, the driver "
          .. "calls `queue_delayed_work(sensors, slow, 1)`.", look = slow }
    at_once(function()
      queue_delayed_work(wq, slow, 0)
      sleep_ms(2)
      queue_delayed_work(wq, slow, msecs_to_jiffies(1))
    end)
    predict { "{slow} is about to be queued, and the second call will come in the middle of its run. What does that call lead to?", id = "recall", rule = "R2.9",
      choices = {
        { "nothing: {slow} is pending until its function returns, so the call returns false",
          "PENDING was cleared before the function was called.", id = "refused", world = { belief = "pending-until-return" } },
        { "a second run beside the first one, as soon as the timer has expired",
          "An item never runs twice at the same time, whichever way it was queued.", id = "beside",
          world = { belief = "reentrant" } },
        { "a second run, when the first one has ended", id = "after" } },
      answer = function(t)
        local call = t:nth(2, returns(queue_delayed_work, slow))
        if not call.ret then return "refused", call end
        local again = t:nth(2, starts(slow))
        return t:find(ends(slow):before(again)) and "after" or "beside", again
      end,
      hints = { "Is PENDING set while a function runs?", "The timer expires after 1 ms and queues {slow}. Where does it run now?",
                "The call arms the timer, which queues {slow} during its run. What does the pool do with an item that is "
                .. "still running?" },
      why = "A delayed item is an item like any other once its timer has expired." }
    run_idle()

    -- 6. no delay at all
    local until_ms = now() + 12
    local spin
    spin = work("spin", function() burn(0.5) if now() < until_ms then queue_work(wq, spin) end end)
    local read = work("read", function() burn(1) end)
    say { "Last scene. The function of {spin} works for 0.5 ms and then queues {spin} *without* a delay. After 3 ms "
          .. "another item, {read}, is queued on that CPU.", look = { spin, read } }
    at_once(function() queue_work(wq, spin) end)
    after(3, function() irq(0, "sensor", function() queue_work(wq, read) end) end)
    run(1)
    predict { "{spin} keeps the worker busy for 12 ms. When does {read} run?", id = "loop", rule = "R2.3",
      choices = {
        { "after the loop: the worker takes {spin} again and again",
          "Each time {spin} goes to the *end* of the worklist.", id = "after" },
        { "on another worker, as soon as it is queued",
          "nr_running is 1, so the pool wakes no other worker.", id = "worker" },
        { "after the current run of {spin}: it is next on the list", id = "next" } },
      answer = function(t)
        local start = t:first(starts(read))
        if start.ms > until_ms - 1 then return "after", start end
        local before = t:last(starts(spin):before(start.ms))
        return before.thread == start.thread and "next" or "worker", start
      end,
      hints = { "At which end of the worklist does a queued item arrive?", "{read} is queued while {spin} runs.",
                "When {spin} queues itself, {read} may be on the list already. Which of the two is first?" },
      why = "Such a loop uses all of the CPU, but it starves no item of its pool. A delay of one jiffy would free the "
            .. "CPU." }
    run_idle()

    ask { "\"To wait until nothing of the driver runs any more, `destroy_workqueue()` is enough, delayed items "
              .. "included.\" Is that right?", id = "destroy", rule = "R5.29",
      short = "Does destroy_workqueue() wait for delayed items?",
      choices = {
        { "yes: it drains the workqueue first",
          "A drain waits for items of the workqueue. An armed timer is none.", id = "yes" },
        { "no: cancel_delayed_work_sync() has to come first", id = "no" },
        { "no: flush_workqueue() has to come first",
          "The third scene shows that a flush does not wait for timers either.", id = "flush" } },
      correct = "no",
      hints = { "Where is a delayed item while it waits?", "What did the flush of the third scene wait for?",
                "The timer expires later and queues the item on a workqueue that is gone. Which call ends the timer?" },
      why = "First stop what queues, timers included, then destroy." }
    recap { "A delayed item is pending from the call on, but a timer has it, not the workqueue.",
            "queue_delayed_work() never moves a timer that is armed. mod_delayed_work() does.",
            "Flush, drain and destroy do not wait for timers: cancel_delayed_work_sync() does." }
  end }
