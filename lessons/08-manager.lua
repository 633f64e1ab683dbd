-- 08-manager.lua: a pool's manager creates its workers, and its idle timer ends those that are too many.
return lesson {
  title    = "The manager",
  question = "Which thread creates a pool's workers, and when do they go away?",
  minutes  = 14, needs = { "one-runnable" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R3.1", "R3.6", "R3.7", "R3.8", "R3.9", "R3.10", "R3.11" },
               errata = { "E1.21", "E1.22", "E2.9" }, checklist = { "L15" },
               scenarios = {
                 burst_idle = { w0 = "read1", w1 = "read2", w2 = "read3", w3 = "read4", w4 = "read5", w5 = "read6" },
                 idle_cull = { w0 = "read1", w1 = "read2", w2 = "read3", w3 = "read4", w4 = "read5", w5 = "read6", q0 = "jobs" },
                 congested = {} } },
  params   = function(pick)
    return { items = pick(6, 9), nap = pick(20, 30), slow = pick(40, 60), short = pick(8, 12), long = pick(9, 12),
             limit = pick(3, 6), busy = pick(6, 12) }
  end,

  function(p)
    local jobs = alloc_workqueue("jobs", 0, 0)
    local function sleepers(prefix, n, ms)
      local list = {}
      for i = 1, n do list[i] = work(prefix .. i, function() sleep_ms(ms) end) end
      return list
    end
    local function queue_all(list)
      irq(0, "disk", function()
        for _, item in ipairs(list) do queue_work(jobs, item) end
      end)
    end
    local function workers(t, e) return t:at(e).pool(0).nr_workers end

    -- 1. a burst of items that sleep
    local read = sleepers("read", p.items, p.nap)
    say { "CPU 0's pool has two idle workers. A disk interrupts once per ms, {items} times, and each time its handler "
          .. "queues one item: {read1}, {read2} and so on. Each item sleeps for {nap} ms. Two workers are not enough for "
          .. "that.",
          look = pool(0) }
    for i = 1, p.items do after(i - 1, function() queue_all { read[i] } end) end
    run(0.5)
    predict { "{read1} sleeps in the first worker. {read2} comes soon, and the second worker is the last idle one. Which "
              .. "thread creates the third worker?", id = "who", rule = "R3.8",
      choices = {
        { "the interrupt handler, inside `queue_work()`",
          "A handler may not sleep, and making a thread sleeps. `queue_work()` only wakes a worker.", id = "queue",
          world = { belief = "create-at-queue" } },
        { "the second worker, before it takes {read2}", id = "worker" },
        { "a thread of the kernel that watches all pools",
          "There is none. Each pool has its workers made by one of its own.", id = "watcher" },
        { "the second worker, when {read2} sleeps as well",
          "Then no worker would be awake. The pool does it in advance.", id = "late" } },
      answer = function(t)
        local made = t:first(creates(pool(0)):after(t:first(starts(read[1]))))
        local role = t:find(manages(pool(0)):before(made))
        if not role then return "queue", made end
        return t:find(starts(read[2]):before(role)) and "late" or "worker", role
      end,
      hints = { "Could the interrupt handler wait until a thread has been made?",
                "From the lesson about the runnable worker: what does a pool keep in reserve before it starts an item?",
                "The second worker wakes and finds no other worker idle. It may not start an item then. What does it do "
                .. "first?" },
      why = "A worker that finds no other idle worker becomes the pool's *manager*. It creates a worker, gives the role "
            .. "back, and only then takes its item." }
    run_until(creates(pool(0)))
    predict { "{items} items will sleep at the same time. How many workers will the pool have then?", id = "burst",
      rule = "R3.6",
      choices = {
        { "{items}: exactly one for each item",
          "The last worker could not start its item before another one was in reserve.", id = "exact",
          world = { belief = "exact-workers" } },
        { "{items} and one more", id = "spare" },
        { "{items} and two more: the pool had two before the burst",
          "The first two are among those that have an item.", id = "two-more" },
        { "three: they take the items in turn",
          "A worker cannot leave an item that sleeps. It is inside the function until that returns.", id = "three" } },
      answer = function(t)
        local last = t:first(starts(read[p.items]))
        local more = workers(t, last) - p.items
        return more == 0 and "exact" or more == 1 and "spare" or more == 2 and "two-more" or "three", last
      end,
      hints = { "How many workers are inside an item then?", "Before a worker starts an item, another one has to be idle.",
                "{items} workers have an item each. Was there one more when the last of them started?" },
      why = "One for each item that sleeps, and one in reserve. The pool does not make \"exactly enough\"." }
    run_idle()

    -- 2. which one is woken
    local one = work("one", function() burn(1) end)
    say { "All {items} items have ended, and all workers are idle. A single item, {one}, is queued.", look = pool(0) }
    queue_all { one }
    predict { "Which of the idle workers runs {one}?", id = "lifo", rule = "R3.7",
      choices = {
        { "the one that has been idle longest: so all get their share",
          "That would keep all of them young. Then none of them could ever be called superfluous.", id = "oldest",
          world = { belief = "fifo-idle" } },
        { "the one that became idle last", id = "newest" },
        { "`kworker/0:0`: the others are only for bursts",
          "All workers of a pool are alike. The number is only a name.", id = "first" } },
      answer = function(t)
        local start = t:first(starts(one))
        local newest = t:last(ends(jobs):before(start)).thread
        if start.thread == newest then return "newest", start end
        return start.thread == "kworker/0:0" and "first" or "oldest", start
      end,
      hints = { "Whose data is most likely to be in the CPU's cache?", "Idle workers form a list. A worker that becomes "
                .. "idle goes to its *front*.",
                "The pool takes the worker at the front of the list. Which one went there last?" },
      why = "Its data may still be in the cache. And the workers at the back of the list grow old, which is how the pool "
            .. "finds out that it has too many." }
    run_idle()

    -- 3. five minutes
    say { "Now no item is queued for more than five minutes. A worker that has been idle for *300 seconds* may be ended, "
          .. "but only while the pool has too many.", look = pool(0) }
    predict { "How many workers does CPU 0's pool have after that?", id = "left", rule = "R3.10",
      choices = {
        { "none: all of them were idle for five minutes",
          "Then the next item would have to wait for a thread. The pool keeps some in reserve.", id = "none" },
        { "all: it is cheaper to keep them", "They cost memory, and the burst is long over.", id = "all" },
        { "two", id = "two" },
        { "one: a reserve of one is enough",
          "With one worker, the first item would make it the manager at once: a worker starts an item only if another "
          .. "one is idle.", id = "one" } },
      answer = function(t)
        local again = t:nth(2, starts(one))
        return ({ [0] = "none", "one", "two" })[workers(t, again)] or "all", again
      end,
      hints = { "How many workers did the pool have before the burst?", "How many idle workers does the *next* item need "
                .. "so that it can start at once?",
                "One worker to run the item, and one in reserve." },
      why = "Two idle workers are never too many. Beyond two, there are too many if (idle - 2) times 4 is at least the "
            .. "number of *busy* workers. The kernel ends the oldest ones from a work item of its own, `idle_cull_fn`." }
    every(30000, 11, function() task(0, "cron", function() burn(2) end) end)   -- an idle CPU would not look at this timer
    run(335000)
    queue_all { one }
    run_idle()

    -- 4. no thread can be made for a while
    local copy = work("copy", function() sleep_ms(p.short) end)
    local next_one = work("next", function() burn(1) end)
    say { "Making a thread needs memory. For the next {slow} ms there is none, so the attempt to make one waits. {copy}, "
          .. "which sleeps for {short} ms, and {next} are queued. {copy} gets one of the two workers; the other one "
          .. "becomes the manager and waits for its thread.", look = pool(0), id = "no-thread" }
    no_new_workers(true)
    after(p.slow, function() no_new_workers(false) end)
    queue_all { copy, next_one }
    run_until(manages(pool(0)))
    predict { "The manager is stuck. When does {next} start?", id = "stuck", rule = "R3.8",
      choices = {
        { "after {slow} ms: then the thread can be made",
          "{copy} ends long before that, and its worker is free.", id = "thread" },
        { "at once: the manager gives up and takes {next}",
          "The manager cannot do anything else: it is inside the call that makes the thread.", id = "gives-up" },
        { "after {short} ms: the worker of {copy} takes it", id = "copy" } },
      answer = function(t)
        local start = t:first(starts(next_one))
        if not t:find(ends(copy):before(start)) then return "gives-up", start end
        return start.thread == t:first(starts(copy)).thread and "copy" or "thread", start
      end,
      hints = { "Which workers does the pool have, and what does each of them do?", "Can the worker of {copy} start "
                .. "another item although no worker is idle?",
                "A worker needs another one in reserve, or a manager that is making one. A manager exists. When is the "
                .. "worker of {copy} free?" },
      why = "A pool has at most *one* manager. While it works on a new thread, the other workers go on with the items. "
            .. "Only if all of them sleep does the pool stand still: then the rescuer is needed, which a later lesson "
            .. "shows." }
    run_idle()
    run(100)

    -- 5. other numbers
    ask { "Other numbers: {busy} workers of a pool sleep in items for ten minutes, and ten more workers have been idle "
              .. "for six minutes. How many of the idle ones are left?",
      id = "busy", rule = "R3.10", number = "workers", within = 0,
      correct = 2 + (p.busy - 1) // 4,
      wrong = {
        { function(_, v) return v == 2 end, "Two is what stays when none is busy. Here {busy} are busy, and a pool keeps "
          .. "more in reserve for more busy workers." },
        { function(_, v) return v >= 10 end, "With ten idle ones, (10 - 2) times 4 is 32. Compare that with {busy}." },
        { function() return true end, "With {right} idle, one fewer than would be too many: (idle - 2) times 4 must stay "
          .. "below {busy}." } },
      hints = { "Is it too many with ten idle workers? Put the numbers into the condition.",
                "The kernel ends one after the other until the condition is false.",
                "With 5 idle, (5 - 2) times 4 is 12. With 4 it is 8, with 3 it is 4. The kernel stops at the first that "
                .. "is below {busy}." },
      why = "The reserve grows with the number of busy workers: about one idle worker for four busy ones." }
    ask { "From an earlier lesson: {long} items that sleep are queued at once on a new workqueue with *max_active "
              .. "{limit}*, on a CPU that is idle otherwise. How many workers does its pool have at the most?",
      id = "limit", rule = "R5.12",
      number = "workers", within = 0, correct = p.limit + 1,
      wrong = {
        { function(_, v) return v >= p.long end, "Items beyond max_active are inactive. They are on no pool's list and "
          .. "need no worker." },
        { function(_, v) return v == p.limit end, "{limit} items can be active, so {limit} workers sleep. Is there one "
          .. "in reserve?" },
        { function() return true end, "{limit} active items, and one worker in reserve." } },
      hints = { "How many of the items can be active at the same time?", "Only active items are on the pool's worklist.",
                "{limit} workers sleep in items. How many more does a pool keep?" },
      why = "The pool makes workers for the items on *its* list. max_active keeps the others off it." }
    recap { "queue_work() makes no thread. A worker that finds no other idle worker becomes the manager and makes one.",
            "The pool wakes the worker that became idle last, so the others grow old.",
            "Idle for 300 s and too many: then workers are ended. Two idle ones always stay." }
  end }
