-- 15-ordered.lua: one item at a time in the order of queueing, on the whole machine.
return lesson {
  title    = "Ordered workqueues",
  question = "Which workqueue runs its items one at a time, in the order in which they were queued?",
  minutes  = 10, needs = { "max-active" },
  machine  = { cpus = 2, nodes = 2 },
  covers   = { rules = { "R5.14", "R5.23", "R5.25" }, errata = { "E1.7" }, checklist = { "L6", "L7" },
               scenarios = {
                 ordered = { w0 = "first", w1 = "second", w2 = "third", q0 = "row" }, self_deadlock_max1 = {},
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
    local each = alloc_workqueue("each", 0, 1)
    local free = alloc_workqueue("free", WQ_UNBOUND, 1)
    local row  = alloc_ordered_workqueue("row")
    local e0, e1 = work("e0", record), work("e1", record)
    local f0, f1 = work("f0", record), work("f1", record)
    local r0, r1 = work("r0", record), work("r1", record)

    ask { "First a question about an earlier lesson. `each` is a per-CPU workqueue with max_active 1. CPU 0 queues {e0} "
          .. "on it and CPU 1 queues {e1}. How many of the two can be inside their functions at once?",
      id = "recall", rule = "R5.12",
      choices = {
        { "one: max_active is 1", "A per-CPU workqueue counts on each CPU by itself. {e0} uses the slot of CPU 0, "
          .. "{e1} the slot of CPU 1.", id = "one" },
        { "two: each CPU counts by itself", id = "two" },
        { "two, but only while the first one sleeps", "Sleeping frees a worker, not a slot. Here the slots are those "
          .. "of two CPUs, and both may be in use all the time.", id = "asleep" } },
      correct = "two",
      hints = { "Where does a per-CPU workqueue keep the number of its active items?",
                "It has a pool_workqueue on each CPU, and each of them has its own nr_active.",
                "CPU 0: nr_active 1 of 1, because of {e0}. CPU 1: nr_active 0 of 1. May {e1} become active?" },
      why = "Each CPU has its own count. This is why max_active 1 is no promise about order." }

    say { "The machine has two CPUs, and each CPU is a *node* of its own: it has its own memory near it. There are three "
          .. "workqueues, each with the limit 1: `each` is per-CPU, `free` has the flag WQ_UNBOUND, and `row` was made with "
          .. "`alloc_ordered_workqueue()`. An *ordered* workqueue is unbound too.", look = { each, free, row } }
    say { "CPU 0 and, half a millisecond later, CPU 1 queue one item on each of them: {e0} and {e1} on `each`, {f0} and {f1} on `free`, {r0} and "
          .. "{r1} on `row`. Every item works for {work} ms and sleeps for {nap} ms." }
    local function queue_three(cpu, e, f, r)
      irq(cpu, "disk", function() queue_work(each, e) queue_work(free, f) queue_work(row, r) end)
    end
    queue_three(0, e0, f0, r0)
    after(0.5, function() queue_three(1, e1, f1, r1) end)
    predict { "Which of the three workqueues will have both of its items inside their functions at once?",
      id = "overlap", rule = "R5.25",
      choices = {
        { "`each` only", "Since 6.9 an unbound workqueue counts on each node by itself, and each of the two nodes may have "
          .. "one active item of `free`.", id = "each" },
        { "`each` and `free`", id = "both" },
        { "all three: two CPUs, two items", "{r1} stays inactive until {r0} has ended: an ordered workqueue has one count "
          .. "for the whole machine.", id = "all" },
        { "none of them: the limit of each is 1", "The limit holds for each count, and `each` has a count for each CPU.",
          id = "none" } },
      answer = function(t)
        local inside, last = 0, nil
        for _, pair in ipairs { { e0, e1 }, { f0, f1 }, { r0, r1 } } do
          local second = t:first(starts(pair[2]))
          if t:count(ends(pair[1]):before(second.ms)) == 0 then inside = inside + 1 end
          if not last or second.n > last.n then last = second end
        end
        return ({ [0] = "none", "each", "both", "all" })[inside], last
      end,
      hints = { "For each of the three: how many counts of active items does it have on this machine?",
                "A per-CPU workqueue counts on each CPU, an unbound one on each node, an ordered one once.",
                "Two CPUs, two nodes, one machine. A limit of 1 for each count: how many items may be active on "
                .. "`each`, on `free`, on `row`?" },
      why = "The limit is one for each count. Only the ordered workqueue has a single count, and a single list, for all "
            .. "CPUs." }
    run_idle()
    ask { "Up to 6.8 many drivers wrote `alloc_workqueue(name, WQ_UNBOUND, 1)` to get order. What do they have to do "
          .. "since 6.9?", id = "since", rule = "R5.25",
      choices = {
        { "nothing: an unbound workqueue with max_active 1 is ordered", "It was made ordered silently, up to 6.8. {f0} and "
          .. "{f1} were just inside their functions at once.", id = "nothing" },
        { "call `alloc_ordered_workqueue()`", id = "ordered" },
        { "add WQ_MEM_RECLAIM", "That flag gives a rescuer. It has nothing to do with order.", id = "reclaim" } },
      correct = "ordered",
      hints = { "Which of the three workqueues had one item at a time?",
                "How was that one made?",
                "`free` was made with WQ_UNBOUND and 1, and two of its items overlapped. `row` was made by another call." },
      why = "The order is a promise that a caller asks for by name. A limit is only a limit." }

    -- 2. the order is that of queueing
    local first, second, third = work("first", function() sleep_ms(p.long) end), work("second", record),
                                 work("third", function() burn(p.short) end)
    say { "Now `row` alone. CPU 0 queues {first}, which sleeps for {long} ms, and {second}. One millisecond later CPU 1, "
          .. "which has nothing else to do, queues {third}, which works for {short} ms only.", look = row }
    irq(0, "disk", function() queue_work(row, first) queue_work(row, second) end)
    run(1)
    queue_on_irq(1, row, third)
    predict { "{first} sleeps. Both CPUs are idle, and there are idle workers. When does {third} start?", id = "turn",
      rule = "R5.23",
      choices = {
        { "at once, on CPU 1, where it was queued", "The place of queueing does not matter: all items of `row` wait on one "
          .. "list, and its only slot is taken.", id = "now" },
        { "when {first} has ended: the shortest item goes first", "A workqueue does not know how long an item will take. "
          .. "{second} was queued before.", id = "shortest" },
        { "when {first} and {second} have ended", id = "both" },
        { "while {second} sleeps", "A sleeping item is still active: it gives its slot back when its function returns.",
          id = "asleep" } },
      answer = function(t)
        local start = t:first(starts(third))
        local ended = t:count(ends(first):before(start.ms)) + t:count(ends(second):before(start.ms))
        if ended == 2 then return "both", start end
        if ended == 0 then return "now", start end
        return t:find(starts(second):before(start.ms)) and "asleep" or "shortest", start
      end,
      hints = { "How many items of `row` may be active, and which one is?",
                "What frees the slot of an item: its sleep, or the return of its function?",
                "The list is {first}, {second}, {third}. {first} has the slot. The slot goes on when a function "
                .. "returns, to the head of the list." },
      why = "One slot, one list: the items run in the order of queueing, wherever they were queued, and an idle CPU "
            .. "changes nothing." }
    run_idle()

    -- 3. an item that waits for a later one
    local plain = alloc_workqueue("plain", 0, 0)
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
    predict { "Which of the two come to their end?", id = "break", rule = "R5.23",
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
    say { "A file system writes its records in order, so it uses `row`. One of its programmers also queues the checksums of {sums} blocks "
          .. "on `row`, although they need no order: {sums} items, each of which works for {work} ms and sleeps for {nap} ms.",
          look = row }
    irq(0, "disk", function() for _, item in ipairs(sum) do queue_work(row, item) end end)
    local began = now()
    predict { "How long does it take until the last checksum is complete?", id = "sums", number = "ms", within = 1,
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
