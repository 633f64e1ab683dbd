-- 02-life.lua: a work item is pending, then running, and may be both.
return lesson {
  title    = "A work item has a life",
  question = "What exactly happens to one item between queue_work() and the end of its function?",
  minutes  = 13, needs = { "why-defer" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R2.1", "R2.2", "R2.3", "R2.9" },
               errata = { "E2.10", "E2.50", "E2.61", "E1.13" },
               checklist = { "L9" },
               scenarios = {
                 double_queue = { to = "second-run.verdict", w0 = "reset", q0 = "events" },
                 nonreentrant_cpu = { to = "free", w0 = "reset", q0 = "events" }, requeue_self = {},
                 mix_requeue_elsewhere = {} } },
  params   = function(pick)                     -- a and b fall into the first run of three, c into the second
    return { work = pick(4, 6), rest = pick(8, 12), a = pick(1, 3), b = pick(4, 6), c = pick(26, 30) }
  end,

  function(p)
    local reset = work("reset", function() burn(p.work) sleep_ms(p.rest) burn(p.work) end)
    local function nic() queue_work(system_wq, reset) end

    say { "The network card on CPU 0 interrupts. Its handler may not sleep, so it hands the slow "
          .. "half to *{reset}*: {work} ms of work, {rest} ms of waiting for the card, {work} ms of "
          .. "work. Two lamps show its state: *PENDING*, a run is still to come; *RUNNING*, a worker is "
          .. "inside its function.", look = reset, id = "handler" }
    irq(0, "nic", function() nic() nic() end)

    predict { "The handler calls `queue_work(system_wq, reset)` twice in a row. What do the calls "
              .. "return?", id = "second", rule = "R2.1",
      choices = {
        { "true, then true",
          "Two runs would need two items. An item has a single PENDING bit, and the first call set it.",
          id = "both", world = { belief = "count-calls" } },
        { "true, then false", id = "once" },
        { "true, then it waits", "`queue_work()` never waits: it is called in an interrupt handler.",
          id = "waits" } },
      answer = function(t)
        local second = t:nth(2, returns(queue_work, reset))
        return second.ret and "both" or "once", second
      end,
      hints = { "How many bits does the item have for \"run me\"?",
                "Look at {reset} after the first call: its PENDING bit is set.",
                "A call that finds PENDING set changes nothing and returns false. Which call finds "
                .. "it set?" },
      why = "The second call found {reset} pending and left it alone: *one item, one run to come*." }
    run_until(event("assign_work"):with(function(e) return e.work == reset end))

    predict { "A worker has taken {reset} and is about to call its function. Will {reset} be pending "
              .. "while it runs?", id = "pending", rule = "R2.2",
      choices = {
        { "yes, until its function returns",
          "Many texts claim this. Look at PENDING: it was cleared one event before the start.", id = true,
          world = { belief = "pending-until-return" } },
        { "yes: the second call of `queue_work()` still waits for its run",
          "The second call asked for nothing: it found PENDING set and returned false.", id = "second" },
        { "no", id = false } },
      answer = function(t)
        local start = t:first(starts(reset))
        return t:at(start).work(reset).pending, start
      end,
      hints = { "If the card interrupts *while* the function runs, could that request be lost?",
                "The function may have looked at the card already. A request that comes now needs another run.",
                "If PENDING were still set, `queue_work()` would return false and that request would be "
                .. "lost. So when must the bit be cleared?" },
      why = "PENDING is cleared *before* the function is called. From here on, another `queue_work()` "
            .. "asks for another run." }

    run_until(sleeps(reset))
    say { "{reset} sleeps for {rest} ms. Now the card interrupts *CPU 1*.", look = { reset, cpu(1) }, id = "asleep" }
    irq(1, "nic", nic)
    local q = predict { "It is {work} ms into the first run. How many ms after the beginning of the "
                        .. "first run does the second run of {reset} start?", id = "second-run", rule = "R2.9",
      number = "ms", within = 0.5,
      wrong = {
        { function(_, v) return v < p.work + p.rest end,
          "The first run is still asleep then: two workers would be inside one function at once. See "
          .. "which worker has {reset}." },
        { function(_, v) return v < p.work + p.rest + p.work end,
          "The sleep is over then, but the function still has {work} ms of work to do." },
        { function() return true end,
          "It starts when the first run ends: after {work} + {rest} + {work} ms." } },
      answer = function(t)
        local second = t:nth(2, starts(reset))
        return second.ms - t:first(starts(reset)).ms, second
      end,
      hints = { "CPU 1 is idle. Could it run {reset} at once, while a worker of CPU 0 sleeps inside it?",
                "An item never runs twice at the same time, on any CPU.",
                "The first run works for {work} ms, sleeps for {rest} and works for {work}. The second run "
                .. "comes right after it." },
      why = "CPU 1 found that {reset} was still running on CPU 0 and queued it *there*. The second run "
            .. "waited for the first one to end." }
    run_until(starts(reset))
    if q.wrong then
      say { "Here a second worker took {reset}, found that the first one is still inside it, and gave it to that "
            .. "one. `[` and `]` step from decision to decision.",
            look = reset, at = collides(reset), id = "collide" }
    end
    run_until(ends(reset))

    -- pending and running at once, and a cancel
    irq(0, "nic", nic)
    run_until(sleeps(reset))
    irq(1, "nic", function() nic() nic() nic() end)
    after(0.2, function() task(1, "rmmod", function() cancel_work(reset) end) end)
    predict { "A third run has begun and is asleep. CPU 1's handler calls `queue_work()` three times; "
              .. "then `rmmod`, which unloads the driver, calls `cancel_work(reset)`. What does `cancel_work()` take back?", id = "cancel",
      choices = {
        { "the current run and the next one",
          "Nothing can end a running function early: it may hold locks and memory.",
          id = "all" },
        { "the next run", id = "to-come" },
        { "nothing: {reset} is running",
          "It is running *and* pending. These are two separate facts, and what is pending can be taken back.",
          id = "nothing" } },
      answer = function(t)
        local cancel = t:first(returns(cancel_work, reset))
        local third = t:nth(3, ends(reset))          -- the current run came to its end
        if not cancel.ret then return "nothing", cancel end
        return third.ms > cancel.ms and "to-come" or "all", cancel
      end,
      hints = { "While one run is going on, how many more do three calls ask for?",
                "`cancel_work()` takes back what is pending. It returns whether something was pending.",
                "One run is going on, and one is pending. `cancel_work()` takes the pending one off its "
                .. "list. What can it do to a function that is running?" },
      why = "It returned true: a run *was pending*. The current run went on to its end; to wait for it "
            .. "as well, call `cancel_work_sync()`." }
    run_idle()
    ask { "Suppose `rmmod` frees the memory of {reset} as soon as `cancel_work(reset)` has returned. What can "
          .. "break?", id = "free",
      choices = {
        { "nothing: `cancel_work()` returned true",
          "True means that a run was pending. It does not mean that no run is going on.", id = "nothing" },
        { "the current run goes on in memory that is freed", id = "run" },
        { "the next interrupt: `queue_work()` finds PENDING set for ever",
          "`cancel_work()` cleared PENDING. Another call would queue the item, freed or not.", id = "pending" } },
      correct = "run",
      hints = { "Which run did `cancel_work()` take back, and which one did it leave?",
                "The current run went on to its end. Which memory does its function use?",
                "`cancel_work()` returned at once, and the function of {reset} was asleep. It wakes up "
                .. "after the memory is freed. What does it read then?" },
      why = "Before the memory is freed, the current run must have ended. A later lesson shows in which order a "
            .. "driver stops things." }
    ask { "From the lesson before: the handler could do the {work} + {work} ms of work itself, and call `msleep({rest})` "
          .. "in between. What would happen?", id = "recall",
      choices = {
        { "the kernel would report a bug", id = "bug" },
        { "nothing bad: the CPU would be free in the meantime",
          "A handler is no thread. It has nothing that could be set aside and go on later.", id = "free" },
        { "interrupts would be lost, but the kernel would not complain",
          "That is what a handler does that is *busy* for long. `msleep()` gives up the CPU, and the kernel reports that.",
          id = "lost" } },
      correct = "bug",
      hints = { "In which context does a handler run?", "What does a function need in order to sleep and go on later?",
                "Only a thread can sleep. The handler has none of its own. Which report was in the kernel's log?" },
      why = "That is why the slow half is an item: a worker is a thread, and its function may sleep." }

    -- other numbers
    local again = now()
    for _, ms in ipairs { 0, p.a, p.b, p.c } do after(ms, function() irq(0, "nic", nic) end) end
    predict { "Other numbers: the card interrupts four times, at once and {a}, {b} and {c} ms later. Each handler "
              .. "calls `queue_work()` once. A run still takes {work} + {rest} + {work} ms. How many runs are there?",
      id = "runs", rule = "R2.1",
      choices = {
        { "two: one now, and one to come",
          "That is how many there can be at *one* time. The last interrupt came when the second run had begun, and "
          .. "PENDING was clear again.", id = "two" },
        { "three", id = "three" },
        { "four: one for each interrupt",
          "{a} and {b} ms after the first interrupt the first run was going on. The two calls asked for one run.", id = "four",
          world = { belief = "count-calls" } } },
      answer = function(t)
        t:nth(4, returns(queue_work, reset):after(again))
        local runs = 0
        for _, call in ipairs(t:all(returns(queue_work, reset):after(again))) do runs = runs + (call.ret and 1 or 0) end
        return ({ "one", "two", "three", "four" })[runs], t:nth(runs, starts(reset):after(again))
      end,
      hints = { "Which of the four calls find PENDING set?",
                "The first run begins at once and clears PENDING. When does the second run begin and clear it again?",
                "The second call sets PENDING, the third finds it set. The second run begins after {work} + {rest} + "
                .. "{work} ms. Is that before the last interrupt?" },
      why = "Each *run* clears PENDING, so the first call during a run asks for another run, and the calls after it "
            .. "change nothing." }
    run_idle()

    ask { "Your driver has this line: `if (!work_pending(&w)) queue_work(wq, &w);`. What does the test "
          .. "buy you?",
      id = "test-first",
      choices = {
        { "nothing: queue_work() does it itself, atomically", id = "nothing" },
        { "it avoids queueing twice",
          "`queue_work()` refuses that itself. And between your test and your call, another CPU can "
          .. "queue the item.", id = "avoid" },
        { "it is faster if the item is pending",
          "`queue_work()` begins with the same test. If PENDING is set, it does nothing else.", id = "fast" } },
      correct = "nothing",
      hints = { "What did the second call in the handler do?",
                "Between the test and the call, what can another CPU do?",
                "`queue_work()` tests and sets PENDING in one atomic step, and returns false if it was "
                .. "already set. What is left for a test before it?" },
      why = "The test is unnecessary, and it is a race. Many drivers have it." }
    recap { "`queue_work()` sets PENDING. The worker clears it before it calls the function.",
            "One item has at most one run now and one run to come.",
            "`cancel_work()` takes back the run to come, never the current one." }
  end }
