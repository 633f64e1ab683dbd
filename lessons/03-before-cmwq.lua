-- 03-before-cmwq.lua: the kernel before 2.6.36: one thread for each workqueue and CPU, and what that cost.
return lesson {
  title    = "Before cmwq",
  question = "What was wrong with one thread per workqueue and CPU?",
  minutes  = 10, needs = { "life" },
  machine  = { cpus = 2, legacy = true },
  covers   = { rules = { "R2.9", "R3.1", "R4.1" }, errata = { "E1.1", "E2.2", "E2.29", "E2.65" }, checklist = { "L2" },
               scenarios = {
                 percpu_serial = { world = "compete/one", w0 = "sum1", w1 = "sum2", w2 = "sum3" },
                 burst_idle = { world = "behind/now", to = "behind.verdict", w0 = "read", w1 = "save" } } },
  params   = function(pick)
    return { drivers = pick(6, 8), rest = pick(8, 12), job = pick(6, 9), queues = pick(30, 60), cpus = pick { 16, 32, 64 } }
  end,

  function(p)
    local disk = alloc_workqueue("disk", 0, 0)
    local function card_queues(cpu, wq, ...)
      local items = { ... }
      irq(cpu, "card", function()
        for _, item in ipairs(items) do queue_work(wq, item) end
      end)
    end

    -- 1. the threads
    say { "A driver queues its items on a *workqueue*. The workqueues that Linux has had since 2.6.36 (2010) are called "
          .. "*cmwq*, \"concurrency-managed\". This machine runs an older kernel. There each workqueue owned a thread for "
          .. "each CPU: look at `disk/0`. The thread on CPU 1 is `disk/1`.", look = disk }
    predict { "`disk` has one thread for each CPU. Now {drivers} more drivers are loaded, and each of them makes a "
              .. "workqueue. The machine has 2 CPUs, and not one item is queued. How many threads does that add?",
      id = "threads", rule = "R3.1",
      choices = {
        { "none: no item has been queued yet",
          "Making a workqueue made all of its threads at once, in case an item came.", id = "none",
          world = { legacy = false, shows = "threads" } },
        { "{drivers}: one for each workqueue",
          "An item runs on the CPU that queued it, so each workqueue had to have a thread on *each* CPU.", id = "wqs" },
        { "2 times {drivers}: one for each workqueue and CPU", id = "product" } },
      answer = function(t)
        local last = t:nth(p.drivers + 1, returns(alloc_workqueue))
        local made = t:count(creates():after(t:first(returns(alloc_workqueue))):before(last))
        return made == 0 and "none" or made == p.drivers and "wqs" or "product", last
      end,
      hints = { "How many threads does `disk` have?", "Each new workqueue gets as many threads as `disk` has.",
                "Every workqueue adds 2 threads, and {drivers} workqueues are made." },
      why = "The product grows with the machine. Each thread takes memory and a process number, although nearly all of "
            .. "them sleep for ever." }
    local net, audio = alloc_workqueue("net", 0, 0), alloc_workqueue("audio", 0, 0)
    for i = 3, p.drivers do alloc_workqueue("drv" .. i, 0, 0) end
    run_idle()
    ask { "A server has {cpus} CPUs, and its drivers make {queues} workqueues. How many threads is that on the old "
              .. "kernel?",
      id = "server", number = "threads", within = 0, correct = p.queues * p.cpus,
      wrong = {
        { function(_, v) return v == p.queues + p.cpus end, "It is a product, not a sum: each workqueue has a thread on "
          .. "each CPU." },
        { function(_, v) return v == p.queues end, "That would be one for each workqueue. Each of them needs one on "
          .. "every CPU." },
        { function() return true end, "It is the number of workqueues times the number of CPUs: {right}." } },
      hints = { "How many threads does one workqueue have there?", "On {cpus} CPUs one workqueue has {cpus} threads.",
                "{queues} workqueues with {cpus} threads each." },
      why = "Large machines ran out of process numbers (32,768 by default) while they booted." }

    -- 2. one item sleeps
    local read = work("read", function() burn(1) sleep_ms(p.rest) end)
    local save = work("save", function() burn(1) end)
    local ping = work("ping", function() burn(1) end)
    say { "Each thread has a list of its own. The picture calls a list and its threads a *pool*. On CPU 0 a card queues "
          .. "{read} and then {save} on `disk`. {read} works for 1 ms and sleeps for {rest} ms; {save} works for 1 ms.",
          look = { read, save } }
    card_queues(0, disk, read, save)
    run(0.5)
    predict { "{read} is running. In half a ms it goes to sleep, and then CPU 0 has nothing to do. When does {save} "
              .. "start?", id = "behind", rule = "R4.1",
      choices = {
        { "as soon as {read} sleeps: another thread takes {save}",
          "Which one? `disk/0` is the only thread that takes items from this list, and it sleeps inside {read}.",
          id = "now",
          world = { legacy = false } },
        { "at once, on CPU 1: its thread `disk/1` is idle",
          "`disk/1` has a list of its own. It never looks at the list of `disk/0`.", id = "cpu1" },
        { "after the end of {read}", id = "after" } },
      answer = function(t)
        local start = t:first(starts(save))
        if start.cpu ~= 0 then return "cpu1", start end
        return t:find(ends(read):before(start)) and "after" or "now", start
      end,
      hints = { "Which thread may run {save}?", "What is that thread doing at this moment?",
                "{save} waits on the list of `disk/0`. That thread is inside the function of {read} until it returns." },
      why = "{save} needed 1 ms of a CPU that was free, and waited for {rest} ms. One thread means: one item at a time, "
            .. "asleep or not." }
    run_idle()
    local again = now()
    card_queues(0, disk, read, save)
    run(2)
    card_queues(0, net, ping)
    predict { "The same again: {read} sleeps, and {save} waits. Now the card queues {ping} on another workqueue, `net`, "
              .. "on CPU 0. Does {ping} have to wait as well?", id = "other",
      choices = {
        { "yes: {save} came first, and CPU 0 takes items in order",
          "The order is that of a list, and each workqueue has a list of its own. {ping} is alone on that of `net`.",
          id = "waits" },
        { "no: `net/0` is another thread", id = "starts" },
        { "yes: CPU 0 has only one thread for items",
          "It has one for *each* workqueue: `disk/0`, `net/0`, `audio/0` and so on.", id = "one" } },
      answer = function(t)
        local start = t:first(starts(ping))
        return t:find(ends(read):after(again):before(start)) and "waits" or "starts", start
      end,
      hints = { "On which list is {ping} put?", "Which thread takes items from that list?",
                "`net/0` takes {ping}, and `net/0` is idle. Does it look at the list of `disk/0`?" },
      why = "So driver authors made a workqueue of their own to be safe from the items of others. That gave still more "
            .. "threads." }
    run_until(starts(ping))
    run_idle()

    -- 3. three items that compute
    local sum1 = work("sum1", function() burn(p.job) end)
    local sum2 = work("sum2", function() burn(p.job) end)
    local sum3 = work("sum3", function() burn(p.job) end)
    say { "Now the opposite: {sum1}, {sum2} and {sum3} never sleep. Each computes for {job} ms, and each is queued on "
          .. "another workqueue, all on CPU 0.", look = { sum1, sum2, sum3 } }
    irq(0, "card", function() queue_work(disk, sum1) queue_work(net, sum2) queue_work(audio, sum3) end)
    predict { "CPU 0 can run one thread at a time. How many of the three items will be inside their functions at the "
              .. "same time, at the most?", id = "compete", rule = "R4.1",
      choices = {
        { "one: the second starts when the first has ended",
          "Nothing makes it wait. Its thread is awake, and the scheduler gives it a share of the CPU.", id = "one",
          world = { legacy = false } },
        { "all three: three threads share the CPU", id = "three" },
        { "one on each CPU: the other two move to idle CPUs",
          "A thread such as `net/0` is bound to its CPU, so that its item finds its data in the cache.", id = "spread" } },
      answer = function(t)
        local last = t:first(starts(sum3))
        local other = t:first(starts(sum2))
        if other.cpu ~= 0 then return "spread", last end
        local ended = t:find(ends(sum1):before(last)) or t:find(ends(sum2):before(last))
        return ended and "one" or "three", last
      end,
      hints = { "Which thread runs {sum2}, and is that thread awake?", "Three threads are awake. Does any of them wait "
                .. "for the others?",
                "The scheduler lets each of the three run for a few ms in turn. Has {sum1} ended when {sum3} gets its "
                .. "first turn?" },
      why = "The three take turns. All of them end late, and each turn costs a switch and a part of the cache. With one "
            .. "at a time the first would have ended after {job} ms." }
    run_idle()

    -- 4. recall: two runs of one item
    local reset = work("reset", function() sleep_ms(p.rest) end)
    say { "From the lesson about an item's life: {reset} sleeps for {rest} ms inside its function on CPU 0, and 2 ms "
          .. "later a card queues it again, on *CPU 1*.", look = reset }
    card_queues(0, disk, reset)
    run(2)
    card_queues(1, disk, reset)
    predict { "When does the second run of {reset} start on the *old* kernel?", id = "twice", rule = "R2.9",
      choices = {
        { "when the first run has ended: an item never runs twice at once",
          "So it is with cmwq. This kernel has no such check: `disk/1` finds {reset} on its list and calls its function.",
          id = "after", world = { legacy = false } },
        { "at once: two threads are in one function", id = "once" },
        { "never: {reset} is still pending, so the call returns false",
          "PENDING was cleared before the first run began, on the old kernel too.", id = "never" } },
      answer = function(t)
        local second = t:nth(2, starts(reset))
        return t:find(ends(reset):before(second)) and "after" or "once", second
      end,
      hints = { "Which bit does `queue_work()` test, and is it set now?", "This kernel does not look where {reset} still "
                .. "runs. CPU 1 has a list and a thread of its own.",
                "{reset} is put on the list of `disk/1`, which is idle. Does anything hold that thread back?" },
      why = "Every work function had to take a lock against itself. With cmwq the second run waits for the first one." }
    run_idle()

    -- 5. a deadlock
    local written = completion("written", { by = "log" })
    local commit = work("commit", function() burn(1) wait_for_completion(written) end)
    local log = work("log", function() complete(written) end)
    say { "Last scene. {commit} waits until {log} has written a record. Both are queued on `disk`, on CPU 0, {commit} "
          .. "first.", look = { commit, log } }
    card_queues(0, disk, commit, log)
    run(0.5)
    local asleep = now()
    predict { "{commit} is about to go to sleep. When does {log} run?", id = "break", rule = "R4.1",
      choices = {
        { "as soon as {commit} sleeps: then it is the turn of {log}",
          "Its turn comes when `disk/0` is back from {commit}. It never is.", id = "now", world = { legacy = false } },
        { "never: one waits for the other", id = "never" },
        { "after a second or two: the kernel notices and starts a thread",
          "No part of the old kernel made a thread when items waited.", id = "later" } },
      answer = function(t)
        local start = t:find(starts(log))
        if start and not t:find(ends(commit):before(start)) then return "now", start end
        return "never", t:first(returns(complete):after(asleep))   -- by a thread of ours, 50 ms later
      end,
      hints = { "Which thread has to run {log}?", "What is that thread waiting for?",
                "`disk/0` waits inside {commit} for {log}, and {log} waits for `disk/0`." },
      why = "This is a *deadlock*: each waits for the other. An author had to know which items wait for each other, and "
            .. "put them on different workqueues." }
    run(50)
    task(1, "you", function() complete(written) end)
    run_until(returns(complete))
    run_idle()

    ask { "A machine of today: `ps` shows `kworker/2:1`, and no thread named `disk/2`, although the driver of `disk` is "
              .. "loaded. Why?", id = "today", rule = "R3.1",
      choices = {
        { "`kworker/2:1` is the new name of `disk/2`", "A kworker has no workqueue. The next lesson reads its name.",
          id = "name" },
        { "the threads of `disk` are made when its first item comes",
          "No threads are made for `disk`, with or without items.", id = "lazy" },
        { "workqueues have no threads: they share the workers of a CPU", id = "share" } },
      correct = "share",
      hints = { "How many threads did each workqueue cost on the old kernel?", "With cmwq a new workqueue costs no "
                .. "thread.",
                "Items still need threads. If a workqueue has none, whose threads run its items?" },
      why = "This is the idea of cmwq. Each CPU has *one* set of workers for all workqueues. The kernel sees them "
            .. "together, so it can wake another one when an item sleeps, and none while one computes." }
    recap { "One thread per workqueue and CPU: too many threads, and yet an item waits behind one that sleeps.",
            "Items of different workqueues competed for the CPU, because no part of the kernel saw them all.",
            "With cmwq a workqueue has no threads of its own." }
  end }
