-- 14-unbound.lua: pools that belong to caches instead of CPUs.
return lesson {
  title    = "Unbound workqueues",
  question = "Where does an item run that belongs to no CPU?",
  minutes  = 14, needs = { "pools-and-names", "one-runnable" },
  machine  = { cpus = 4, llc = 2 },
  covers   = { rules = { "R9.1", "R9.9", "R9.10", "R9.11" },
               errata = { "E1.8", "E1.24", "E1.25", "E1.26", "E1.27", "E2.5", "E2.15", "E2.17", "E2.23", "E2.25",
                          "E2.30", "E2.31", "E2.60" },
               checklist = { "L4", "L6", "L16", "L28" },
               scenarios = {
                 unbound_parallel = { w0 = "c1", w1 = "c2", w2 = "c3" },
                 unbound_pods = { w0 = "r0", w1 = "r1", w2 = "r2" }, scope_strict = { n0 = "n0", s0 = "s0" },
                 scope_cache = {}, scope_cpu = {}, node_share = {}, min_active = {}, mix_node_round_robin = {} } },
  params   = function(pick)
    return { hog = pick(6, 8), short = pick(1, 2), burn = pick(5, 7), rt = pick(18, 24) * 10, slow = pick(3, 4) }
  end,

  function(p)
    local function short() burn(p.short) end
    local bound = alloc_workqueue("bound", 0, 0)
    local roam  = alloc_workqueue("roam", WQ_UNBOUND, 0)

    -- 1. a busy CPU
    local long = work("calc", function() burn(p.hog) end)
    local b0, u0 = work("b0", short), work("u0", short)
    ask { "First a question about names. A thread is called `kworker/u9:1`. What is 9?", id = "recall", rule = "R3.13",
      choices = {
        { "the CPU that it runs on", "That number stands before the colon in names without `u`.", id = "cpu" },
        { "the number of its pool", id = "pool" },
        { "the number of its workqueue", "Workers belong to pools. A pool may serve many workqueues.", id = "wq" } },
      correct = "pool",
      hints = { "What does the `u` stand for?", "In `kworker/0:1` the 0 is a CPU, because that pool belongs to CPU 0. "
                .. "Which CPU does a pool with `u` belong to?",
                "A pool with `u` belongs to no single CPU, so its own number is all that can name it." },
      why = "`u` is for *unbound*: a pool that belongs to no single CPU is named by its number." }
    say { "The machine has four CPUs. CPU 0 and 1 share a *cache*, a small and fast memory of their own; CPU 2 and 3 share "
          .. "another one. `bound` was made with the flags 0, `roam` with *WQ_UNBOUND*. Without that flag a workqueue is per-CPU: "
          .. "this is the default.",
          look = { bound, roam } }
    say { "CPU 0 runs {calc}, an item that works for {hog} ms and never sleeps. Meanwhile an interrupt on CPU 0 queues "
          .. "{b0} on `bound` and {u0} on `roam`. Both work for {short} ms.", look = long }
    irq(0, "disk", function() queue_work(system_wq, long) end)
    run(1)
    irq(0, "disk", function() queue_work(bound, b0) queue_work(roam, u0) end)
    predict { "{calc} keeps CPU 0. When do {b0} and {u0} start?", id = "busy", rule = "R4.1",
      choices = {
        { "{u0} at once, {b0} when {calc} has ended", id = "roams" },
        { "both when {calc} has ended: CPU 0 queued them", "{u0} is in a pool that belongs to two CPUs. Its worker was "
          .. "placed on a CPU without work.", id = "wait", world = { flags = 0 } },
        { "both at once: the pools have idle workers", "CPU 0's pool has one too. It is not woken while {calc} counts in "
          .. "nr_running.", id = "both" } },
      answer = function(t)
        local b, u = t:first(starts(b0)), t:first(starts(u0))
        local ended = t:find(ends(long):before(b.ms))
        if not ended then return "both", b end
        return t:find(ends(long):before(u.ms)) and "wait" or "roams", b
      end,
      hints = { "Which pool has {b0} on its worklist, and which one has {u0}?",
                "CPU 0's pool has one running worker. What is nr_running good for, and which pools have it?",
                "CPU 0's pool wakes no worker while nr_running is 1. The pool of {u0} does not count running workers at all: "
                .. "it wakes one for every item." },
      why = "An unbound pool has no concurrency management: it wakes a worker for each item, and the scheduler finds a CPU "
            .. "for that worker." }
    run_idle()

    -- 2. which pools there are
    local r = {}
    for i = 0, 2 do r[i] = work("r" .. i, short) end
    say { "Where do the pools of `roam` come from? Each unbound workqueue has an *affinity scope*: it divides the CPUs into "
          .. "groups, and each group has a pool. The default scope is `cache`. A CPU queues on the pool of its own group.",
          look = roam }
    for i = 0, 2 do irq(i, "disk", function() queue_work(roam, r[i]) end) end
    predict { "CPU 0 queues {r0} on `roam`, CPU 1 queues {r1} and CPU 2 queues {r2}. How many pools will the three items use?",
      id = "pools", rule = "R9.11",
      choices = {
        { "one, for the whole machine", "The scope `system` does that. `roam` has the default scope, `cache`.", id = "one" },
        { "one for each node: one here, as there is one node", "It was so before 6.6. Since then the default is a pool for "
          .. "each cache.", id = "node" },
        { "two: one for each cache", id = "two" },
        { "three: one for each CPU", "The scope `cpu` does that. CPU 0 and 1 share a cache, so {r0} and {r1} share a pool.",
          id = "three" } },
      answer = function(t)
        local seen, n, last = {}, 0, nil
        for i = 0, 2 do
          last = t:first(starts(r[i]))
          local pool = tostring(t:at(last).worker(t:at(last).work(r[i]).worker).pool)
          if not seen[pool] then seen[pool], n = true, n + 1 end
        end
        return ({ "one", "two", "three" })[n], last
      end,
      hints = { "Which scope does `roam` have?", "CPU 0 and 1 share a cache. In which group is CPU 2?",
                "The groups are CPU 0 and 1, CPU 2 and 3. {r0} and {r1} are queued in the first one. Where is {r2}?" },
      why = "A pool is found by its attributes: nice value, CPUs, strictness. Two unbound workqueues with equal attributes "
            .. "share their pools." }
    run_idle()

    -- 3. how many start
    local c = {}
    for i = 1, 3 do c[i] = work("c" .. i, function() burn(p.burn) end) end
    irq(0, "disk", function() for i = 1, 3 do queue_work(roam, c[i]) end end)
    predict { "CPU 0 queues {c1}, {c2} and {c3} on `roam` in one interrupt. Each works for {burn} ms and does not sleep. How many "
              .. "of the three are inside their functions before the first of them has ended?", id = "at-once",
      rule = "R4.1",
      choices = {
        { "one: a pool keeps one worker runnable", "A per-CPU pool does. An unbound pool counts no running workers.",
          id = "one", world = { flags = 0 } },
        { "two: the cache has two CPUs", "The pool belongs to that cache, but its workers may run on every CPU: the scope "
          .. "is a preference.", id = "two" },
        { "all three", id = "three" } },
      answer = function(t)
        local first = t:first(ends(c[1]) + ends(c[2]) + ends(c[3]))
        local n = 0
        for i = 1, 3 do n = n + t:count(starts(c[i]):before(first.ms)) end
        return ({ "one", "two", "three" })[n], first
      end,
      hints = { "Does an unbound pool count its running workers?",
                "It wakes a worker for each item, and makes more workers if it has none.",
                "Three items, three workers. Which CPUs are without work?" },
      why = "All items of an unbound workqueue start as soon as there are workers. Only max_active, counted on each node, "
            .. "holds them back. The third worker had to leave the group: CPU 0 and 1 were busy." }
    run_idle()

    -- 4. a scope that must be kept
    local tight = alloc_workqueue("tight", WQ_UNBOUND, 0)
    apply_workqueue_attrs(tight, { affn_scope = "cache", affn_strict = true })
    run_idle()
    local s0, n0 = work("s0", short), work("n0", short)
    say { "A new workqueue `tight`, unbound too, gets the attribute *affn_strict* from `apply_workqueue_attrs()`: its "
          .. "workers never leave the CPUs of their cache. Its attributes differ from those of `roam`, so it gets pools of its "
          .. "own.", look = tight }
    say { "Two real-time threads take CPU 0 and CPU 1 for {rt} ms. Such a thread has the CPU before every normal thread, and "
          .. "workers are normal threads. CPU 2 and 3 are idle.", look = { cpu(0), cpu(1) } }
    for i = 0, 1 do task(i, "rt" .. i, function() hog(p.rt) printk("the real-time thread ends") end, { fifo = 50 }) end
    run(2)
    irq(0, "disk", function() queue_work(roam, n0) queue_work(tight, s0) end)
    predict { "CPU 0 and 1 are taken. An interrupt on CPU 0 queues {n0} on `roam` and {s0} on `tight`. When do the two start?",
      id = "break", rule = "R9.10",
      choices = {
        { "both at once, on CPU 2 and 3", "The workers of `tight` may not leave CPU 0 and 1.", id = "both" },
        { "{n0} before the real-time threads end, {s0} after it", id = "roams" },
        { "both after the real-time threads: their pools belong to CPU 0 and 1", "Load balancing moves the worker of {n0} to "
          .. "an idle CPU after a while.", id = "neither" } },
      answer = function(t)
        local n, s = t:first(starts(n0)), t:first(starts(s0))
        local free = t:first(prints "the real-time thread ends").ms
        if s.ms < free then return "both", s end
        return n.ms < free and "roams" or "neither", s
      end,
      hints = { "Which CPUs may a worker of `roam` use, and which ones a worker of `tight`?",
                "CPU 0 and 1 are taken. A worker of `roam` may also go to CPU 2 and 3.",
                "After a while load balancing moves a waiting thread to an idle CPU, if the thread is allowed there. Is a worker of "
                .. "`tight`?" },
      why = "Without affn_strict the scope is a preference. With it the item waits for its cache." }
    run_idle()

    ask { "A driver has to count something on CPU 3 itself. Its author knows four ways from the web. Which one works?",
      id = "pin", rule = "R5.3",
      choices = {
        { "`alloc_workqueue(\"mine\", 0, 1, cpumask)`", "There is no such argument: the values behind max_active belong to the "
          .. "name's format.", id = "argument" },
        { "`alloc_workqueue(\"mine\", WQ_UNBOUND, 1)`, with cpumask_of(3)", "An unbound workqueue is the one kind that "
          .. "promises no CPU, and drivers cannot call `apply_workqueue_attrs()`: it is not exported to modules.",
          id = "unbound" },
        { "`queue_work_on(3, wq, &work)` on a per-CPU workqueue", id = "on" },
        { "`alloc_workqueue(\"mine\", 0, 1)`: max_active 1 chooses one CPU", "max_active chooses no CPU. The item goes to "
          .. "the CPU that queues it.", id = "one" } },
      correct = "on",
      hints = { "Which kind of workqueue promises a CPU?", "Which call names the CPU?",
                "Per-CPU workqueues keep an item on its CPU while that CPU is online. `queue_work()` takes the caller's CPU." },
      why = "Per-CPU workqueues promise the CPU, and `queue_work_on()` names it. Use `system_unbound_wq` for long items "
            .. "that need no CPU of their own." }

    -- 5. the same question with other numbers
    local late = {}
    for i = 1, p.slow do late[i] = work("d" .. i, function() burn(p.short) end) end
    say { "A last scene: CPU 2 runs {calc} again.", look = cpu(2) }
    local began = now()
    irq(2, "disk", function() queue_work(system_wq, long) end)
    run(1)
    irq(2, "disk", function() for i = 1, p.slow do queue_work(roam, late[i]) end end)
    predict { "{calc} has CPU 2, and CPU 2 queues {slow} items of {short} ms on `roam`. How many of them have ended when {calc} ends?",
      id = "again", rule = "R4.1",
      choices = {
        { "none: CPU 2 is busy", "Their pool is not CPU 2's, and other CPUs are idle.", id = "none", world = { flags = 0 } },
        { "one", "Nothing counts the running workers of this pool, so nothing holds the others back.", id = "one" },
        { "all of them", id = "all" } },
      answer = function(t)
        local e = t:first(ends(long):after(began))
        local n = t:count(ends("d1"):before(e.ms))
        for i = 2, p.slow do n = n + t:count(ends(late[i]):before(e.ms)) end
        return n == 0 and "none" or n == p.slow and "all" or "one", e
      end,
      hints = { "Which CPUs may the workers of this pool use?", "How many CPUs are without work?",
                "Three CPUs are idle, and each item takes {short} ms. {calc} takes {hog} ms." },
      why = "A busy CPU delays its per-CPU items, and not the unbound ones: this is what WQ_UNBOUND is for." }
    run_idle()
    recap { "Per-CPU is the default. WQ_UNBOUND gives up the CPU and concurrency management.",
            "An unbound pool belongs to a group of CPUs: by default those that share a cache.",
            "The scope is a preference, unless affn_strict makes it a rule." }
  end }
