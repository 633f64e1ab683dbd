-- 02-life.lua: a work item is pending, then running, and may be both.
return lesson {
  title    = "A work item has a life",
  question = "What exactly happens to one item between queue_work() and the end of its function?",
  minutes  = 12, needs = { "why-defer" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R2.1", "R2.2", "R2.3", "R2.9" },
               errata = { "E2.10", "E2.50", "E2.61", "E1.13" } },
  params   = function(pick) return { work = pick(4, 6), rest = pick(8, 12) } end,

  function(p)
    local reset = work("reset", function() burn(p.work) sleep_ms(p.rest) burn(p.work) end)
    local function nic() queue_work(system_wq, reset) end

    say { "The network card on CPU 0 interrupts. Its handler may not sleep, so it hands the slow "
          .. "half to *{reset}*: {work} ms of work, {rest} ms of waiting for the card, {work} ms of "
          .. "work.", look = reset }
    irq(0, "nic", function() nic() nic() end)

    predict { "The handler calls `queue_work(system_wq, reset)` twice in a row. What do the calls "
              .. "return?", id = "second", rule = "R2.1",
      choices = {
        { "true, then true",
          "Two runs would need two items: an item has a single PENDING bit, set by the first call.",
          id = "both" },
        { "true, then false", id = "once" },
        { "true, then it waits", "`queue_work()` never waits: it is called in an interrupt handler.",
          id = "waits" } },
      answer = function(t)
        local second = t:nth(2, returns(queue_work, reset))
        return second.ret and "both" or "once", second
      end,
      hints = { "How many bits does the item have for \"somebody wants me to run\"?",
                "Look at {reset} after the first call: its word shows PENDING.",
                "A call that finds PENDING set changes nothing and returns false. Which call finds "
                .. "it set?" },
      why = "The second call found {reset} PENDING and left it alone: *one item, one run to come*." }
    run_before(clears_pending(reset))

    predict { "A worker has taken {reset} and is about to call its function. Will {reset} be pending "
              .. "while it runs?", id = "pending", rule = "R2.2",
      choices = {
        { "yes, until its function returns",
          "Many texts say so. Look at PENDING: it was cleared one event before the start.", id = true },
        { "no", id = false } },
      answer = function(t)
        local start = t:first(starts(reset))
        return t:at(start).work(reset).pending, start
      end,
      hints = { "If the card interrupts *while* the function runs: may that wish get lost?",
                "The function may have looked at the card already. A wish that comes now needs a new run.",
                "If PENDING stayed set, that new wish would be refused with false. So when must the "
                .. "bit be cleared?" },
      why = "PENDING is cleared *before* the function is called. From here on a new `queue_work()` is "
            .. "a new wish." }

    run_until(sleeps(reset))
    say { "{reset} sleeps for {rest} ms. Now the card interrupts *CPU 1*.", look = { reset, cpu(1) } }
    irq(1, "nic", nic)
    local q = predict { "It is {work} ms into the first run. How many ms after the beginning of the "
                        .. "first run does the second run of {reset} start?", id = "second-run", rule = "R2.9",
      number = "ms", within = 0.5,
      wrong = {
        { function(_, v) return v < p.work + p.rest end,
          "That is while the first run sleeps: two workers would be inside one function at once. See "
          .. "who holds {reset}." },
        { function(_, v) return v < p.work + p.rest + p.work end,
          "The sleep is over then, but the function is not: {work} ms of work are left." },
        { function() return true end,
          "It starts as soon as the first run has ended, after {work} + {rest} + {work} ms." } },
      answer = function(t)
        local second = t:nth(2, starts(reset))
        return second.ms - t:first(starts(reset)).ms, second
      end,
      hints = { "CPU 1 is idle. Could it run {reset} at once, while CPU 0 sleeps inside it?",
                "An item never runs twice at the same time, on no CPU.",
                "The first run works {work}, sleeps {rest} and works {work} ms. The second run comes "
                .. "right after." },
      why = "CPU 1 saw that {reset} still ran on CPU 0 and queued it *there*; it waited for the first "
            .. "run to end." }
    run_until(starts(reset))
    if q.wrong then
      say { "Step back with `[` to the moment a second worker took {reset} and gave it away again.",
            look = reset, at = collides(reset) }
    end
    run_until(ends(reset))

    -- pending and running at once, and a cancel
    irq(0, "nic", nic)
    run_until(sleeps(reset))
    irq(1, "nic", function() nic() nic() nic() end)
    after(0.2, function() task(1, "rmmod", function() cancel_work(reset) end) end)
    predict { "A third run has begun and sleeps. CPU 1's handler calls `queue_work()` three times; "
              .. "then `rmmod` calls `cancel_work(reset)`. What does the cancel undo?", id = "cancel",
      choices = {
        { "the run that is going and the one to come",
          "Nobody may cut a running function short: it may hold locks and memory of its own.",
          id = "all" },
        { "the one run to come", id = "to-come" },
        { "nothing: {reset} is running",
          "It is running *and* pending: two facts, side by side. What is pending can be taken back.",
          id = "nothing" } },
      answer = function(t)
        local cancel = t:first(returns(cancel_work, reset))
        local third = t:nth(3, ends(reset))          -- the run that was going came to its end
        if not cancel.ret then return "nothing", cancel end
        return third.ms > cancel.ms and "to-come" or "all", cancel
      end,
      hints = { "How many runs do three calls owe, while one is going?",
                "The cancel takes back what is PENDING, and returns whether there was something.",
                "One run is going, one is pending. `cancel_work()` takes the pending one off its "
                .. "list. What can it do to a function that runs?" },
      why = "It returned true: something *was pending*. The run went on to its end; to wait for that, "
            .. "one calls `cancel_work_sync()`." }
    run_idle()

    ask { "Your driver does `if (!work_pending(&w)) queue_work(wq, &w);`. What is the test good for?",
      id = "test-first",
      choices = {
        { "nothing: queue_work() does it itself, atomically", id = "nothing" },
        { "it avoids queueing twice",
          "`queue_work()` refuses that itself; and between your test and your call another CPU can "
          .. "queue.", id = "avoid" } },
      correct = "nothing",
      hints = { "What did the second call in the handler do?",
                "Between the test and the call, what can another CPU do?",
                "`queue_work()` takes PENDING in one indivisible step and returns false if it was "
                .. "taken. What is left for a test before it?" },
      why = "The test is needless and racy. Many drivers have it." }
    recap { "PENDING: set by queue_work(), cleared before the function runs.",
            "One item: at most one run now, and one to come.",
            "cancel_work() takes back the run to come, never the one that is going." }
  end }
