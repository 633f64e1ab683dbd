-- 07-max-active.lua: the limit of a workqueue counts active items, per CPU, and no threads.
return lesson {
  title    = "The limit max_active",
  question = "What does the last argument of alloc_workqueue() limit?",
  minutes  = 13, needs = { "one-runnable" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R5.11", "R5.12", "R5.16", "R5.25" },
               errata = { "E1.7", "E2.8", "E2.51", "E2.55", "E1.11" }, checklist = { "L7", "L38" },
               scenarios = {
                 doc_max2 = { w0 = "w0", w1 = "w1", w2 = "w2", q0 = "jobs" },
                 max_active_fifo = { w0 = "r1", w1 = "r2", q0 = "red" },
                 max_active_percpu = { w0 = "near", w2 = "far", q0 = "red" }, max_active_two = {},
                 max_active_raise = {}, mix_max_active_stop = {} } },
  params   = function(pick)
    local work = pick(4, 6)
    return { work = work, pause = work + pick(4, 6), short = pick(2, 3), nap = pick(6, 8) }
  end,

  function(p)
    local function works_and_sleeps() burn(p.work) sleep_ms(p.pause) end
    local function queue_all(cpu, wq, ...)
      local items = { ... }
      irq(cpu, "disk", function()
        for _, item in ipairs(items) do queue_work(wq, item) end
      end)
    end

    -- 1. two slots, three items that sleep
    local jobs = alloc_workqueue("jobs", 0, 2)
    local w0, w1, w2 = work("w0", works_and_sleeps), work("w1", works_and_sleeps), work("w2", works_and_sleeps)
    say { "`alloc_workqueue(\"jobs\", 0, 2)` made a workqueue with a name, no flags and a *max_active* of 2. {w0}, {w1} "
          .. "and {w2} are queued on it at once. Each works for {work} ms, then sleeps for {pause} ms, then ends.",
          look = pool(0) }
    queue_all(0, jobs, w0, w1, w2)
    run_before(sleeps(w1))
    predict { "{w0} is asleep in its function, and {w1} is about to go to sleep in its own. CPU 0 will then have "
              .. "nothing to do, the pool has idle workers, and {w2} was queued long ago. When does {w2} start?",
      id = "when", rule = "R5.12",
      choices = {
        { "as soon as {w1} sleeps: no worker is runnable, so the pool wakes one",
          "The pool would, if {w2} were on its worklist. It is not: {w2} is *inactive*, on a list of its workqueue, "
          .. "because two items of `jobs` are active.", id = "sleeps",
          world = { wq = { jobs = { max_active = 3 } } } },
        { "as soon as one of the two has ended", id = "ends" },
        { "when {w0} wakes up: a sleeping item does not count",
          "It does not count in nr_running, which is the pool's. It counts in *nr_active*, which is the "
          .. "workqueue's, until its function has returned.", id = "wakes" },
        { "when both of them have ended",
          "One slot is enough for one item, and {w0} ends first.", id = "both", world = { wq = { jobs = { max_active = 1 } } } } },
      answer = function(t)
        local start = t:first(starts(w2))
        local ended = t:count(ends(w0):before(start.ms)) + t:count(ends(w1):before(start.ms))
        if ended > 0 then return ended == 2 and "both" or "ends", start end
        return t:find(wakes(w0):before(start.ms)) and "wakes" or "sleeps", start
      end,
      hints = { "Where is {w2}: on the pool's worklist, or on another list?",
                "Two items of `jobs` may be active at once. Is an item that sleeps still active?",
                "An active item takes one of the two slots until its function returns. {w0} and {w1} have both "
                .. "slots. Which event gives the first one back?" },
      why = "An item that would exceed the limit waits on the list of inactive items. The end of an item hands its "
            .. "slot to the first of them, which goes to the pool's worklist only then." }
    run_until(starts(w2))
    ask { "How many idle workers did the pool have while {w2} waited for a slot?", id = "threads", rule = "R5.11",
      choices = {
        { "none: max_active 2 gives the workqueue two workers",
          "The workers belong to the pool, not to the workqueue. One of them was idle all the time.", id = "none" },
        { "at least one, which could have run {w2}", id = "some" },
        { "none: the third worker is made when the slot is free",
          "The pool keeps an idle worker in reserve before any item starts. It was there.", id = "later" } },
      answer = function(t)
        local asleep = t:first(sleeps(w1))
        return t:at(asleep).pool(0).nr_idle > 0 and "some" or "none", asleep
      end,
      hints = { "Go back to where {w1} goes to sleep, and count the idle workers of the pool.",
                "What does a pool keep in reserve before it starts an item?",
                "The title of the pool shows how many of its workers are idle. Compare the number with the two items that "
                .. "slept." },
      why = "max_active limits *items*, not threads. Two sleeping items have two workers; the third worker was idle, "
            .. "and {w2} was not allowed on its list." }
    run_idle()
    local c1, c2, c3 = work("c1", function() burn(p.work) end), work("c2", function() burn(p.work) end),
                       work("c3", function() burn(p.work) end)
    say { "On the same workqueue, three other items: {c1}, {c2} and {c3} never sleep. Each computes for {work} ms.",
          look = pool(0), id = "computes" }
    queue_all(0, jobs, c1, c2, c3)
    predict { "max_active of `jobs` is still 2. How many of the three are inside their functions at the same time, at the "
              .. "most?", id = "compute", rule = "R4.1",
      choices = {
        { "one", id = "one" },
        { "two: max_active allows two",
          "It *allows* two. {c1} and {c2} are both on the worklist, but nr_running is 1, so the pool wakes no worker for {c2}.",
          id = "two", world = { belief = "wake-all" } },
        { "three: each has a worker, and they share the CPU",
          "{c3} is inactive, and for {c2} no worker is woken as long as one computes.", id = "three" } },
      answer = function(t)
        local last, most = t:first(starts(c3)), 0
        for _, e in ipairs(t:all(event("workqueue_execute_start"):after(t:first(starts(c1)).ms - 1))) do
          local inside = 0
          for _, item in ipairs { c1, c2, c3 } do inside = inside + (t:at(e).work(item).running and 1 or 0) end
          if inside > most then most, last = inside, e end
        end
        return ({ "one", "two", "three" })[most], last
      end,
      hints = { "From the lesson about the runnable worker: when does a pool wake another worker?",
                "max_active decides which items may be on the worklist. What decides when one of them starts?",
                "{c1} and {c2} are on the worklist. {c1} computes, so nr_running is 1. Is `need_more_worker()` true?" },
      why = "The limit is a gate to the worklist. Behind it the pool still keeps only one worker runnable." }
    run_idle()

    -- 2. two workqueues share the pool
    local red, blue = alloc_workqueue("red", 0, 1), alloc_workqueue("blue", 0, 1)
    local function naps() burn(p.short) sleep_ms(p.nap) end
    local r1, r2, b1, b2 = work("r1", naps), work("r2", naps), work("b1", naps), work("b2", naps)
    say { "Now two workqueues, `red` and `blue`, each with max_active *1*. {r1} and {r2} are queued on `red`, {b1} and "
          .. "{b2} on `blue`, all on CPU 0. Each works for {short} ms and sleeps for {nap} ms.", look = { red, blue },
          id = "two-queues" }
    irq(0, "disk", function()
      queue_work(red, r1) queue_work(red, r2) queue_work(blue, b1) queue_work(blue, b2)
    end)
    local began = now()
    run_until(starts(r1))
    predict { "How many of the four items are inside their functions at the same time, at the most?", id = "at-once",
      rule = "R5.11",
      choices = {
        { "one: max_active is 1",
          "Each workqueue has its own limit. {r1} and {b1} are of different workqueues.", id = "one" },
        { "two: one of each workqueue", id = "two" },
        { "four: all of them sleep, so the pool starts one after the other",
          "The pool would. But {r2} and {b2} are not on its worklist before {r1} and {b1} have ended.", id = "four",
          world = { wq = { red = { max_active = 4 }, blue = { max_active = 4 } } } } },
      answer = function(t)
        local last = t:first(starts(r2))
        t:first(starts(b2))
        local most = 0
        for _, e in ipairs(t:all(event("workqueue_execute_start"):after(began))) do
          local inside = 0
          for _, item in ipairs { r1, r2, b1, b2 } do
            inside = inside + (t:at(e).work(item).running and 1 or 0)
          end
          if inside > most then most, last = inside, e end
        end
        return ({ "one", "two", "more", "four" })[most], last
      end,
      hints = { "Which of the four are on CPU 0's worklist, and which are inactive?",
                "The limit belongs to a workqueue. How many workqueues are there, and what is the limit of each?",
                "{r1} fills the slot of `red`, {b1} that of `blue`. When {r1} sleeps, {b1} starts. Which item is on "
                .. "the worklist when {b1} sleeps?" },
      why = "The pool runs what is on its worklist, whichever workqueue it came from. Each workqueue puts at most "
            .. "max_active items there." }
    run_idle()

    -- 3. the limit is for each CPU
    local far = work("far", naps)
    local near = work("near", naps)
    say { "`red` again, still with max_active 1. {near} is queued on CPU 0, and {far} on CPU 1 a little "
          .. "later.",
          look = red, id = "each-cpu" }
    irq(0, "disk", function() queue_work(red, near) end)
    run_until(sleeps(near))
    irq(1, "disk", function() queue_work(red, far) end)
    predict { "{near} sleeps on CPU 0, so `red` has one active item. CPU 1 now queues {far} on `red`. When does it start?",
      id = "cpus", rule = "R5.12", short = "When does an item of another CPU start?",
      choices = {
        { "when {near} has ended: max_active is 1",
          "That is what a limit for the whole system would do. A per-CPU workqueue has a limit for each CPU.", id = "ends",
          world = { belief = "one-limit" } },
        { "at once, on CPU 1", id = "now" },
        { "at once, but on CPU 0, where `red` has its worker",
          "`red` has no worker of its own, and its items stay on the CPU that queued them.", id = "cpu0" } },
      answer = function(t)
        local start = t:first(starts(far))
        if t:find(ends(near):before(start.ms)) then return "ends", start end
        return start.cpu == 1 and "now" or "cpu0", start
      end,
      hints = { "`red` is a per-CPU workqueue. What does it have on each CPU?",
                "On each CPU a per-CPU workqueue has a pool_workqueue with its own nr_active.",
                "On CPU 0 the nr_active of `red` is 1, because of {near}. On CPU 1 it is another number. Which one, and "
                .. "is it below the limit?" },
      why = "A per-CPU workqueue counts on each CPU separately. max_active 1 therefore gives *no order* across CPUs; "
            .. "`alloc_ordered_workqueue()` does." }
    run_idle()

    -- 4. two items that wait for each other
    local written = completion("written")
    local save = work("save", function() wait_for_completion(written) end)
    local log = work("log", function() complete(written) end)
    say { "Last scene. {save} and {log} are both on `red`. {save} waits until {log} has written its record.",
          look = { save, log } }
    queue_all(0, red, save, log)
    local asleep = run_until(sleeps(save))
    predict { "{save} is asleep and waits for {log}. What happens to {log}?", id = "break", rule = "R5.16",
      choices = {
        { "it starts now: {save} sleeps, so another worker takes it",
          "Another worker is ready. But {log} is inactive: the only slot of `red` belongs to {save} until it "
          .. "returns.", id = "starts", world = { wq = { red = { max_active = 2 } } } },
        { "it never starts: {save} waits for it, and it waits for {save}'s slot", id = "never" },
        { "the kernel sees the wait and starts it",
          "The kernel does not know which item will call `complete(written)`.", id = "kernel" } },
      answer = function(t)
        local start = t:find(starts(log))
        if start and not t:find(ends(save):before(start.ms)) then return "starts", start end
        return "never", t:first(returns(complete):after(asleep.ms))   -- by our own thread, 50 ms later
      end,
      hints = { "How many slots has `red` on CPU 0, and which item has it?",
                "A slot is free again when the function returns. What does {save}'s function wait for?",
                "{save} keeps the slot while it waits. {log} needs that slot to start. Which of the two can go first?" },
      why = "Two items that wait for each other need two slots, or two workqueues. Nothing reports this at once: "
            .. "the pool is idle, and its worklist is empty." }
    run(50)
    task(1, "you", function() complete(written) end)
    run_until(returns(complete))
    say { "50 ms have passed, and nothing has happened. We end the deadlock by hand: a thread of ours calls "
          .. "`complete(written)`.", look = { save, log } }
    run_idle()

    ask { "A driver's author writes `alloc_workqueue(\"mydrv\", 0, 1)` \"so that its items run in order\". Is that right?",
      id = "order", rule = "R5.25", short = "Does max_active 1 keep items in order?",
      choices = {
        { "yes: one at a time is an order",
          "One at a time *on each CPU*. Two CPUs that queue on it run two items at once.", id = "yes" },
        { "no: on two CPUs two items run at once", id = "no" },
        { "yes, if WQ_UNBOUND is added",
          "That was so up to 6.8. Since 6.9 only `alloc_ordered_workqueue()` gives order.", id = "unbound" } },
      correct = "no",
      hints = { "What did {near} and {far} do?", "Which call has the word *ordered* in its name?",
                "{near} and {far} were on one workqueue with max_active 1, and both were inside their functions at once." },
      why = "Order is what `alloc_ordered_workqueue()` is for. Use max_active 1 only to bound how much one driver does "
            .. "at once on a CPU; in most cases pass 0, the default." }
    recap { "max_active limits the active items of one workqueue: per CPU, sleeping ones included.",
            "An item beyond the limit is inactive. The end of an item hands its slot on.",
            "It limits no threads, and max_active 1 gives no order across CPUs." }
  end }
