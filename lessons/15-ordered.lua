-- 15-ordered.lua: one item at a time in the order of queueing, on the whole machine.
return lesson {
  title    = "Ordered workqueues",
  question = "Which workqueue runs its items one at a time, in the order in which they were queued?",
  minutes  = 11, needs = { "max-active" },
  machine  = { cpus = 2, nodes = 2 },
  covers   = { rules = { "R5.14", "R5.23", "R5.25" }, errata = { "E1.7" }, checklist = { "L6", "L7" },
               scenarios = {
                 ordered = { w0 = "rec1", w1 = "rec2", w2 = "rec3", q0 = "row" }, self_deadlock_max1 = {},
                 unbound_max_active = {}, mix_ordered_mask_flush = {}, pub_wait_later_item = {} } },
  params   = function(pick)
    return { work = pick(1, 2), nap = pick(5, 7), long = pick(8, 11), short = pick(2, 3), sums = pick(3, 5) }
  end,

  function(p)
    local function record() burn(p.work) sleep_ms(p.nap) end
    local function queue_on_irq(cpu, wq, item)
      irq(cpu, "disk", function() queue_work(wq, item) end)
    end

    -- 1. three workqueues with the limit 1
    local percpu = alloc_workqueue("percpu", 0, 1)
    local roam   = alloc_workqueue("roam", WQ_UNBOUND, 1)
    local row    = alloc_ordered_workqueue("row")
    local plain  = alloc_workqueue("plain", 0, 0)
    local p0, p1 = work("p0", record), work("p1", record)
    local u0, u1 = work("u0", record), work("u1", record)
    local r0, r1 = work("r0", record), work("r1", record)

    say { "Some items must not overlap: the records of a log are written one at a time, in the order in which they were made. A "
          .. "first idea is a limit. `percpu` is a per-CPU workqueue with max_active 1, and every item of this scene works for "
          .. "{work} ms and sleeps for {nap} ms.", look = percpu }
    queue_on_irq(0, percpu, p0)
    queue_on_irq(1, percpu, p1)
    predict { "From an earlier lesson: CPU 0 queues {p0} on `percpu`, and CPU 1 queues {p1}. How many of the two will be inside "
              .. "their functions at once?", id = "recall", rule = "R5.12",
      choices = {
        { "one: max_active is 1", "A per-CPU workqueue counts on each CPU by itself. {p0} uses the slot of CPU 0, "
          .. "{p1} the slot of CPU 1.", id = "one", world = { belief = "one-limit" } },
        { "two: each CPU counts by itself", id = "two" },
        { "two, but only while the first one sleeps", "Sleeping frees a worker, not a slot. Here the slots are those "
          .. "of two CPUs, and both may be in use all the time.", id = "asleep" } },
      answer = function(t)
        local last = t:nth(2, starts(percpu))
        if t:find(ends(percpu):before(last)) then return "one", last end
        return t:find(sleeps(percpu):before(last)) and "asleep" or "two", last
      end,
      hints = { "Where does a per-CPU workqueue keep the number of its active items?",
                "It has a pool_workqueue on each CPU, and each of them has its own nr_active.",
                "CPU 0: nr_active 1 of 1, because of {p0}. CPU 1: nr_active 0 of 1. May {p1} become active?" },
      why = "Each CPU has its own count. This is why max_active 1 is no promise about order." }
    run_idle()

    say { "Two workqueues without a CPU: `roam` has the flag WQ_UNBOUND and max_active 1. `row` was made with "
          .. "`alloc_ordered_workqueue()`: an *ordered* workqueue is unbound too. Each of the two CPUs of this machine is a "
          .. "*node* of its own: it has its own memory near it.", look = { roam, row } }
    local function queue_two(cpu, u, r)
      irq(cpu, "disk", function() queue_work(roam, u) queue_work(row, r) end)
    end
    queue_two(0, u0, r0)
    after(0.5, function() queue_two(1, u1, r1) end)
    predict { "CPU 0 queues {u0} on `roam` and {r0} on `row`; half a millisecond later CPU 1 queues {u1} on `roam` and {r1} on "
              .. "`row`. Which of the two workqueues will have both of its items inside their functions at once?",
      id = "overlap", rule = "R5.25",
      choices = {
        { "both of them: two CPUs, two items", "{r1} stays inactive until {r0} has ended: an ordered workqueue has one count "
          .. "for the whole machine.", id = "both" },
        { "`roam` only", id = "roam" },
        { "`row` only: an ordered workqueue starts its items in order, and they may overlap", "In order means one at a time: the "
          .. "next item starts when the one before has ended.", id = "row" },
        { "neither: the limit of each is 1", "The limit holds for each count. Since 6.9 an unbound workqueue counts on each node "
          .. "by itself, and there are two nodes.", id = "neither" } },
      answer = function(t)
        local u, r = t:first(starts(u1)), t:first(starts(r1))
        local roams, rows = not t:find(ends(u0):before(u)), not t:find(ends(r0):before(r))
        return roams and rows and "both" or roams and "roam" or rows and "row" or "neither", r
      end,
      hints = { "For each of the two: how many counts of active items does it have on this machine?",
                "An unbound workqueue counts on each node, an ordered one once.",
                "Two nodes, one machine. A limit of 1 for each count: how many items may be active on `roam`, and how many on "
                .. "`row`?" },
      why = "The limit is one for each count. Only the ordered workqueue has a single count, and a single list, for all "
            .. "CPUs." }
    run_idle()
    ask { "Up to 6.8 many drivers wrote `alloc_workqueue(name, WQ_UNBOUND, 1)` to get order. What do they have to do "
          .. "since 6.9?", id = "since", rule = "R5.25",
      choices = {
        { "nothing: an unbound workqueue with max_active 1 is ordered", "It was made ordered silently, up to 6.8. {u0} and "
          .. "{u1} were just inside their functions at once.", id = "nothing" },
        { "call `alloc_ordered_workqueue()`", id = "ordered" },
        { "add WQ_MEM_RECLAIM", "That flag gives a rescuer. It has nothing to do with order.", id = "reclaim" } },
      correct = "ordered",
      hints = { "Which of the workqueues had one item at a time?",
                "How was that one made?",
                "`roam` was made with WQ_UNBOUND and 1, and two of its items overlapped. `row` was made by another call." },
      why = "The order is a promise that a caller asks for by name. A limit is only a limit." }

    -- 2. the order is that of queueing
    local rec1, rec2, rec3 = work("rec1", function() sleep_ms(p.long) end), work("rec2", record),
                             work("rec3", function() burn(p.short) end)
    say { "Now `row` alone. CPU 0 queues {rec1}, which sleeps for {long} ms, and {rec2}. One millisecond later CPU 1, "
          .. "which has nothing else to do, queues {rec3}, which works for {short} ms only.", look = row }
    irq(0, "disk", function() queue_work(row, rec1) queue_work(row, rec2) end)
    run(1)
    queue_on_irq(1, row, rec3)
    predict { "{rec1} sleeps. Both CPUs are idle, and there are idle workers. When does {rec3} start?", id = "turn",
      rule = "R5.23",
      choices = {
        { "at once, on CPU 1, where it was queued", "The place of queueing does not matter: all items of `row` wait on one "
          .. "list, and its only slot is taken.", id = "now" },
        { "when {rec1} has ended: the shortest item goes first", "A workqueue does not know how long an item will take. "
          .. "{rec2} was queued before.", id = "shortest" },
        { "when {rec1} and {rec2} have ended", id = "both" },
        { "while {rec2} sleeps", "A sleeping item is still active: it gives its slot back when its function returns.",
          id = "asleep" } },
      answer = function(t)
        local start = t:first(starts(rec3))
        local ended = t:count(ends(rec1):before(start.ms)) + t:count(ends(rec2):before(start.ms))
        if ended == 2 then return "both", start end
        if ended == 0 then return "now", start end
        return t:find(starts(rec2):before(start.ms)) and "asleep" or "shortest", start
      end,
      hints = { "How many items of `row` may be active, and which one is?",
                "What frees the slot of an item: its sleep, or the return of its function?",
                "The list is {rec1}, {rec2}, {rec3}. {rec1} has the slot. The slot goes on when a function "
                .. "returns, to the head of the list." },
      why = "One slot, one list: the items run in the order of queueing, wherever they were queued, and an idle CPU "
            .. "changes nothing." }
    run_idle()

    -- 3. an item that waits for a later one
    local done = {}
    local function pair(wq, name)
      local written = completion(name .. "written")
      local log = work(name .. "log", function() complete(written) end)
      local save = work(name .. "save", function() queue_work(wq, log) wait_for_completion(written) end)
      done[name] = written
      return save, log
    end
    local psave = pair(plain, "p")
    local rsave, rlog = pair(row, "r")
    say { "Next scene. An item queues a second item on *its own* workqueue and waits until that one has completed. {psave} "
          .. "does it with {plog} on `plain`, a per-CPU workqueue with the default limit; {rsave} does it with {rlog} on "
          .. "`row`.", look = { psave, rsave } }
    irq(0, "disk", function() queue_work(plain, psave) queue_work(row, rsave) end)
    predict { "{psave} queues {plog} on `plain` and waits for it. {rsave} queues {rlog} on `row` and waits for it. Which of the "
              .. "two, {psave} and {rsave}, come to their end?", id = "break", rule = "R5.23",
      choices = {
        { "both: a waiting item sleeps, and another worker runs the second item", "Another worker is there. But {rlog} "
          .. "is inactive: {rsave} has the only slot of `row` and keeps it while it waits.", id = "both" },
        { "{psave} only", id = "plain" },
        { "neither: no item may wait for an item of its own workqueue", "It may, if the limit leaves a slot for the "
          .. "second one. `plain` has many.", id = "neither" } },
      answer = function(t)
        local late = t:first(returns(complete):by("you"))
        local plain_ended = t:find(ends(psave):before(late.ms))
        local row_ended = t:find(ends(rsave):before(late.ms))
        return row_ended and "both" or plain_ended and "plain" or "neither", late
      end,
      hints = { "What does each of the two need before its function can return?",
                "{plog} needs a slot of `plain`, {rlog} a slot of `row`. Which slots are free?",
                "`row` has one slot, and {rsave} has it until its function returns. Its function returns when {rlog} has "
                .. "run. Which of the two goes first?" },
      why = "In an ordered workqueue no item may wait for a later one. Use a second workqueue, or do both steps in one "
            .. "item." }
    run(50)
    task(1, "you", function() complete(done.r) end)
    run_until(returns(complete):by("you"))
    say { "50 ms have passed. {rsave} and {rlog} wait for each other, and nothing reports it. We end this deadlock by hand: "
          .. "a thread of ours calls `complete()`.", look = { rsave, rlog } }
    run_idle()

    -- 4. other numbers
    local sum = {}
    for i = 1, p.sums do sum[i] = work("sum" .. i, record) end
    say { "A file system writes its records in order, so it uses `row`. One of its programmers also queues the checksums of "
          .. "{sums} blocks on `row`, although they need no order.", look = row }
    irq(0, "disk", function() for _, item in ipairs(sum) do queue_work(row, item) end end)
    local began = now()
    predict { "{sums} checksums are queued on `row` at once. Each works for {work} ms and sleeps for {nap} ms. How many ms after "
              .. "the queueing does the last one end?", id = "sums", number = "ms", within = 1,
      rule = "R5.23",
      answer = function(t) local e = t:first(ends(sum[p.sums])) return e.ms - began, e end,
      wrong = { { function(_, v) return near(v, p.work + p.nap, 1.5) end, "That is the time of one item: as if all of "
                  .. "them slept at once. In an ordered workqueue the next item starts when the one before has ended." },
                { function(_, v) return near(v, p.sums * p.work + p.nap, 1.5) end, "That is the time on a workqueue in "
                  .. "which the items may sleep at once. Here each sleep ends before the next item starts." },
                { function() return true end, "Add up the work and the sleep of every item: the next one starts when the "
                  .. "one before has ended." } },
      hints = { "How many of the {sums} items sleep at the same time?",
                "One item takes {work} ms of work and {nap} ms of sleep. When does the next one start?",
                "The first one ends after {work} + {nap} ms, the second one after twice that time. There are {sums}." },
      why = "Order costs the time of all sleeps. Put only those items on an ordered workqueue that need the order, and the "
            .. "others on `system_unbound_wq` or a workqueue of their own." }
    run_idle()
    recap { "Order is asked for by name: `alloc_ordered_workqueue()`.",
            "max_active 1 allows one item on each CPU, or on each node if the workqueue is unbound.",
            "In an ordered workqueue an item that waits for a later one waits for ever." }
  end }
