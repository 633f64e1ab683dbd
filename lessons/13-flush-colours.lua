-- 13-flush-colours.lua: flush_workqueue() waits by colour, and drain_workqueue() until the workqueue is empty.
return lesson {
  title    = "Flushing by colour",
  question = "How can a flush ignore the items that are queued after it?",
  minutes  = 14, needs = { "waiting" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R5.2", "R5.27", "R5.28", "R6.8", "R6.9", "R6.12", "R6.13", "R6.15" },
               errata = { "E1.12", "E2.14" }, checklist = { "L10", "L37" },
               scenarios = {
                 flush_wq_chain = { w0 = "w1", w2 = "w2" },
                 drain_chain = { from = "drain-card", w0 = "step", only = "ret" },
                 mix_drain_two = { from = "drain-card", w0 = "step", only = "ret" }, mix_flush_over16 = {},
                 mix_barrier_extends = {} } },
  params   = function(pick)
    local first = pick(8, 12)
    return { first = first, second = first + pick(5, 8), third = first + pick(14, 18), runs = pick(3, 5), burn = pick(2, 3),
             flushers = pick(20, 40) }
  end,

  function(p)
    local log = alloc_workqueue("log", 0, 0)
    local function sleeper(name, ms) return work(name, function() sleep_ms(ms) end) end
    local function app_queues(item) task(0, "app", function() queue_work(log, item) end) end
    local function flushes(name) return task(1, name, function() flush_workqueue(log) end) end
    local function left(name) return returns(flush_workqueue):by(name) end

    -- 1. three flushes and three items
    local w1, w2 = sleeper("w1", p.first), sleeper("w2", p.second)
    local w3, w4 = sleeper("w3", p.third), sleeper("w4", 60)
    say { "{w1} and {w2} are queued on the workqueue `log`; both sleep in their functions, {w1} for {first} ms and {w2} for "
          .. "{second} ms. Then the thread `t1` calls `flush_workqueue(log)`. 1 ms after the call, {w3} is queued on `log`. It "
          .. "sleeps for {third} ms.", look = { log, w1, w2, w3 } }
    app_queues(w1) app_queues(w2)
    after(1, function() flushes("t1") end)
    after(2, function() app_queues(w3) end)
    run(3)
    predict { "{w1}, {w2} and {w3} are on `log`, and `t1` waits. When does the flush of `t1` return?",
    id = "first", rule = "R6.8",
      choices = {
        { "when {w1}, {w2} and {w3} have ended: then `log` is empty",
          "{w3} was queued after the call. If a flush waited for such items, a busy device could hold it up for ever.",
          id = "empty" },
        { "when {w1} has ended", "{w2} was queued before the call as well.", id = "one" },
        { "when {w1} and {w2} have ended", id = "two" } },
      answer = function(t)
        local back = t:first(left("t1"))
        local ended = t:count(ends(log):before(back))
        return ended >= 3 and "empty" or ended == 1 and "one" or "two", back
      end,
      hints = { "Which items were queued before the call?", "A flush waits for *those* items, however long `log` is in "
                .. "use.",
                "{w1} and {w2} came before the call. When has the later one of them ended?" },
      why = "Each item gets a *colour* when it is queued: a number from 0 to 15 that the workqueue has at that moment. A flush "
            .. "gives the workqueue the next colour and waits until no item of the old one is left. {w3} has the new colour." }
    after(0.5, function() flushes("t2") end)
    after(1, function() flushes("t3") end)
    after(1.5, function() app_queues(w4) end)
    run_until(left("t1"))
    say { "In the meantime `t2` and then `t3` have called `flush_workqueue(log)` too, with no item queued between the "
          .. "two. After both, {w4} was queued, which sleeps for 60 ms. {w3} still runs.", look = { log, w3, w4 } }
    predict { "{w3} ends next, {w4} much later. Which flushes return when {w3} has ended?", id = "cascade", rule = "R6.13",
      choices = {
        { "that of `t2`; `t3` waits for the next item, {w4}",
          "{w4} was queued after both calls. No item has the colour for which `t3` waits.", id = "t2" },
        { "those of `t2` and `t3`", id = "both" },
        { "none: {w4} still runs, so `log` is not empty",
          "{w4} has a later colour than both of them.", id = "none" } },
      answer = function(t)
        local two, three, over = t:find(left("t2")), t:find(left("t3")), t:find(ends(w4))
        if over and two and two.n > over.n then return "none", over end
        if two and three then return "both", three end
        return over and (two and "t2" or "none"), over
      end,
      hints = { "Which items were queued before `t2` called, and which before `t3`?", "`t2` and `t3` wait for different "
                .. "colours, since each flush gives the workqueue a new one.",
                "{w3} has the colour of `t2`. Between `t2` and `t3` no item was queued, so how many items have the "
                .. "colour of `t3`?" },
      why = "When the last item of a colour ends, its flush returns, and so does every later flush whose colour has no "
            .. "item. {w4} keeps none of them." }
    run_idle()

    -- 2. a chain: flush and drain
    local step, count
    step = work("step", function()
      sleep_ms(p.burn)
      count = count + 1
      if count < p.runs then queue_work(log, step) end
    end)
    local function queue_step() count = 0 app_queues(step) end
    say { "{step} queues *itself* at the end of its function, {runs} runs in all. `t4` calls `flush_workqueue(log)` "
          .. "during the first run.", look = step }
    queue_step()
    after(1, function() flushes("t4") end)
    run(0.5)
    predict { "After how many runs of {step} does the flush return?",
    id = "chain", rule = "R6.8", number = "runs", within = 0,
      answer = function(t)
        local back = t:first(left("t4"))
        return t:count(ends(step):before(back)), back
      end,
      wrong = {
        { function(_, v) return v == p.runs end, "Each later run is a new queueing, with a new colour. The flush does "
          .. "not wait for those." },
        { function(_, v) return v == 0 end, "The first run was queued before the call. The flush waits for its end." },
        { function() return true end, "Only the first run was queued before the call." } },
      hints = { "Which run was asked for before the call?", "When {step} queues itself, which colour does it get?",
                "The call gave `log` a new colour. The second run is queued after that, so it has the new one." },
      why = "One. So the return of a flush does not mean that an item has stopped queueing itself." }
    run_idle()
    say { "Now `t5` calls `drain_workqueue(log)` in place of the flush. A *drain* goes on until `log` has no item at "
          .. "all. While it does, only items of `log` itself may queue on `log`.", look = log, id = "drain-card" }
    queue_step()
    local drained = now()
    after(1, function() task(1, "t5", function() drain_workqueue(log) end) end)
    run(0.5)
    predict { "{step} runs {runs} times again. When does the drain return?", id = "drain", rule = "R5.27",
      choices = {
        { "after the first run, as the flush did",
          "A drain flushes again and again until the workqueue is empty.", id = "first" },
        { "after the last of the {runs} runs", id = "last" },
        { "after the first run: `queue_work()` is refused during a drain",
          "It is refused to others. {step} is an item of `log`, and it may finish its chain.", id = "refused" } },
      answer = function(t)
        local back = t:first(returns(drain_workqueue))
        local n = t:count(ends(step):after(drained):before(back))
        return n == p.runs and "last" or "first", back
      end,
      hints = { "When is `log` empty?", "{step} is called from a worker that runs an item of `log`.",
                "Its calls of `queue_work()` are accepted, so each run brings another one, {runs} in all." },
      why = "An item of the workqueue may queue on it during a drain: a *chain*. All other callers are refused, with a "
            .. "warning." }
    run_idle()

    -- 3. a drain without end
    local stop = now() + 60
    local loop
    loop = work("loop", function() sleep_ms(4) if now() < stop then queue_work(log, loop) end end)
    say { "{loop} sleeps for 4 ms and queues itself again, run after run: its driver looks at the card all the time. `t6` "
          .. "calls `drain_workqueue(log)`.", look = loop }
    app_queues(loop)
    after(1, function() task(1, "t6", function() drain_workqueue(log) end) end)
    run(2)
    local asked = now()
    predict { "50 ms from now, what has the drain done?", id = "break", rule = "R5.28",
      choices = {
        { "it has returned: after ten flushes it gives up",
          "After ten flushes it prints a warning. It never gives up.", id = "gives-up" },
        { "it has ended {loop}, and returned", "A drain cancels nothing. It waits.", id = "ended" },
        { "it still waits", id = "waits" } },
      answer = function(t)
        local later = t:first(starts(loop):after(asked + 50))
        return t:find(returns(drain_workqueue):after(asked):before(later)) and "gives-up" or "waits", later
      end,
      hints = { "Which calls of `queue_work()` does a drain accept?", "Is there a moment at which `log` has no item?",
                "{loop} is queued again before each run ends. The drain looks for an empty workqueue. When does it find "
                .. "one?" },
      why = "A drain of an item that queues itself for ever never returns, and neither does `destroy_workqueue()`. First "
            .. "stop the item: `cancel_work_sync()` refuses its request." }
    run_idle()
    say { "60 ms after it began {loop} did not queue itself any more. This ended the drain; the drain did not end {loop}.",
          look = log }

    ask { "There are 16 colours. {flushers} threads call `flush_workqueue(log)` at nearly the same time. What happens to "
              .. "those that find no free colour?", id = "sixteen", rule = "R6.12",
      choices = {
        { "their calls return at once, with an error", "`flush_workqueue()` has no return value. It always waits.",
          id = "error" },
        { "they share one colour when the next one is free, and wait a little longer", id = "share" },
        { "the workqueue gets more colours", "The colour is four bits of the item's data word.", id = "more" } },
      correct = "share",
      hints = { "Must each flush have a colour of its own?", "What is right for a flush that waits too long: too many "
                .. "items, or too few?",
                "The oldest flush returns, so its colour is free. How many of the flushes that wait need a colour to themselves?" },
      why = "To wait for more than was asked is safe; to wait for less is not." }
    local blink = delayed_work("blink", function() burn(1) end)
    say { "From an earlier lesson: {blink} is a delayed item. Its timer is armed for {third} ms, and 1 ms later `t7` "
          .. "calls `flush_workqueue(log)`.", look = blink }
    local armed = now()
    task(0, "app", function() queue_delayed_work(log, blink, msecs_to_jiffies(p.third)) end)
    run(0.5)
    after(0.5, function() flushes("t7") end)
    predict { "The timer of {blink} is armed, and `t7` is about to call `flush_workqueue(log)`. Does the flush wait for {blink}?",
      id = "recall", rule = "R6.15",
      choices = {
        { "yes: {blink} has a colour since `queue_delayed_work()`",
          "It gets its colour when the timer queues it.", id = "yes", world = { belief = "flush-waits-timers" } },
        { "no: {blink} has no colour yet", id = "no" },
        { "yes, but a drain would not", "Neither does: the workqueue has not seen {blink} yet.", id = "flush-only" } },
      answer = function(t)
        local back = t:first(left("t7"))
        return back.ms - armed > p.third - 2 and "yes" or "no", back
      end,
      hints = { "When does an item get its colour?", "Where is a delayed item while it waits?",
                "A timer has it. The workqueue stamps a colour when the timer queues the item." },
      why = "A colour is given when an item is queued on the workqueue. Before that there is nothing to count." }
    run_idle()

    -- 4. other numbers
    local x1, x2, x3 = sleeper("x1", p.third), sleeper("x2", p.second), sleeper("x3", 40)
    say { "A last scene: three items on `log`, and a flush by the thread `t8`.", look = { log, x1, x2, x3 } }
    app_queues(x1)
    after(2, function() app_queues(x2) end)
    after(3, function() flushes("t8") end)
    after(4, function() app_queues(x3) end)
    run(2.5)
    predict { "{x1} is queued at 0 ms and sleeps for {third} ms, {x2} at 2 ms and sleeps for {second} ms. `t8` calls "
              .. "`flush_workqueue(log)` at 3 ms. {x3} is queued at 4 ms and sleeps for 40 ms. How many ms *after its call* does the "
              .. "flush return?", id = "numbers", rule = "R6.8", number = "ms", within = 0.7,
      answer = function(t)
        local back, call = t:first(left("t8")), t:first(calls(flush_workqueue):by("t8"))
        return back.ms - call.ms, back
      end,
      wrong = {
        { function(_, v) return near(v, p.second - 1, 0.7) end, "That is the end of {x2}. {x1} was queued before the call too, and "
          .. "it ends later." },
        { function(_, v) return near(v, p.third, 0.7) end, "{x1} had slept for 3 ms when `t8` called." },
        { function(_, v) return v > p.third end, "{x3} has a later colour." },
        { function() return true end, "Two items were queued before the call. The flush returns when the later of them has ended." } },
      hints = { "Which items were queued before the call?", "{x1} ends at {third} ms. When does {x2} end?",
                "{x2} ends {second} ms after its queueing at 2 ms. Take the later one of the two, and subtract the time of the call." },
      why = "The colours decide for which items the flush waits, and the last of them decides how long." }
    run_idle()
    recap { "A flush waits for the items of its colour: those queued before it, and no later ones.",
            "A drain waits until the workqueue is empty, chains included. It ends no chain.",
            "Neither waits for timers." }
  end }
