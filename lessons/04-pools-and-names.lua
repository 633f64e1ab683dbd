-- 04-pools-and-names.lua: workqueues share the workers of a pool, and a worker's name is that of its pool.
return lesson {
  title    = "Pools and names",
  question = "Which thread runs an item, and how can its name be read?",
  minutes  = 11, needs = { "before-cmwq" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R1.22", "R3.13", "R3.14", "R5.29" },
               errata = { "E1.29", "E1.30", "E2.1", "E2.2", "E2.3", "E2.24", "E1.2", "E2.56" }, checklist = { "L3", "L17" },
               asked = { ["break"] = { "E2.56" } },
               scenarios = {
                 single = { w0 = "first" }, highpri = { w0 = "first", h0 = "urgent" }, queue_on = {} } },
  params   = function(pick)
    local names = pick.shuffle { "disk", "audio", "usb", "net" }
    return { a = names[1], b = names[2], c = names[3], cpu = pick(0, 1),
             cpus = pick { 8, 16, 32 }, queues = pick(20, 40), high = pick(3, 6) }
  end,

  function(p)
    local function item(name) return work(name, function() burn(1) end) end
    local qa, qb, qc = alloc_workqueue(p.a, 0, 0), alloc_workqueue(p.b, 0, 0), alloc_workqueue(p.c, 0, 0)
    local wa, wb, wc = item("first"), item("second"), item("third")

    -- 1. three workqueues, one pool
    say { "Three drivers have made a *workqueue* each: `{a}`, `{b}` and `{c}`. On CPU {cpu} one item is queued on each of "
          .. "them: {first}, {second} and {third}. Each needs 1 ms of CPU.",
          look = { pool(p.cpu), qa, qb, qc } }
    irq(p.cpu, "card", function() queue_work(qa, wa) queue_work(qb, wb) queue_work(qc, wc) end)
    predict { "How many threads run the three items?", id = "threads", rule = "R1.22",
      choices = {
        { "three: each workqueue has a kworker of its own",
          "A workqueue has no threads. The kworkers belong to a *pool*, and CPU {cpu} has one pool for all normal items.",
          id = "three", world = { legacy = true } },
        { "one: the three items go to one list", id = "one" },
        { "two: the pool has two workers, and both are idle",
          "One worker is awake, and that is enough as long as it does not sleep. The other one stays in reserve.",
          id = "two" } },
      answer = function(t)
        local last, names, n = t:first(starts(wc)), {}, 0
        for _, e in ipairs { t:first(starts(wa)), t:first(starts(wb)), last } do
          if not names[e.thread] then names[e.thread] = true n = n + 1 end
        end
        return n == 1 and "one" or n == 2 and "two" or "three", last
      end,
      hints = { "On which list does each of the three calls put its item?",
                "A pool is a list of items and some workers. Which pool does CPU {cpu} have for normal items?",
                "All three items are on the worklist of one pool. Its worker takes the first one, runs it, and then?" },
      why = "A *workqueue* is what drivers see: flags and limits. A *pool* is what runs: a worklist and workers. Each CPU "
            .. "has two pools, one normal and one highpri, for all per-CPU workqueues." }
    run_idle()
    ask { "From the lesson before: this machine has 2 CPUs and these three workqueues. How many threads would they have "
          .. "on the kernel before cmwq?", id = "recall",
      choices = {
        { "three, one for each workqueue", "It was one for each workqueue *and* CPU.", id = "three" },
        { "six", id = "six" },
        { "none, as long as no item is queued", "They were made together with the workqueue.", id = "none" } },
      correct = "six",
      hints = { "How many threads did `disk` have there?", "Each workqueue had one thread for each CPU.",
                "Three workqueues, and 2 threads for each of them." },
      why = "Here the three workqueues have no thread. Both workers of the pool were there before them." }
    ask { "The thread was `kworker/{cpu}:1`. How is the name to be read?", id = "name", rule = "R3.13",
      choices = {
        { "CPU {cpu}, worker number 1 of its normal pool", id = "worker" },
        { "CPU {cpu}, pool number 1", "The second number counts the workers inside a pool. Pools have numbers of their own.",
          id = "pool" },
        { "worker {cpu} of the workqueue number 1", "No workqueue is in a worker's name.", id = "wq" } },
      correct = "worker",
      hints = { "Look at the rows of CPU {cpu}'s pool: `{cpu}:0`, `{cpu}:1`, and so on.",
                "The number before the colon is the same for all workers of that pool.",
                "The pool belongs to a CPU, so one number is the CPU's. Two workers of a pool need different names: for that "
                .. "is the other one." },
      why = "`ps` also shows the workqueue of the current item behind a plus sign, `kworker/{cpu}:1+{a}`, and that of the "
            .. "last item behind a minus sign. The thread belongs to neither." }

    -- 2. highpri
    local urgent = item("urgent")
    say { "`system_highpri_wq` has the flag *WQ_HIGHPRI*, for items that should get the CPU before others. {urgent} is "
          .. "queued on it, on CPU 1.", look = urgent }
    irq(1, "card", function() queue_work(system_highpri_wq, urgent) end)
    predict { "Which thread runs {urgent}?", id = "high", rule = "R3.13",
      choices = {
        { "`kworker/1:0H`, a worker of CPU 1's highpri pool", id = "h" },
        { "`kworker/1:0` or `kworker/1:1`, with a higher priority for this item",
          "A worker's priority does not change from item to item. There is a second pool instead, whose workers have "
          .. "nice -20.", id = "normal" },
        { "`kworker/R-system_highpri_wq`, a thread of that workqueue",
          "R- is the name of a *rescuer*, the only kind of thread that a workqueue can own. This one has none.", id = "r" } },
      answer = function(t)
        local start = t:first(starts(urgent))
        if start.thread:find("H", 1, true) then return "h", start end
        return start.thread:find("R%-") and "r" or "normal", start
      end,
      hints = { "How many pools does a CPU have?", "The letter H shows the nice value of the pool.",
                "The highpri pool numbers its workers from 0, as the normal pool does. Which letter keeps the names "
                .. "apart?" },
      why = "H means that the pool's *nice value* is negative. It is -20, so its workers get the largest share of the CPU. "
            .. "They are numbered on their own, from 0." }
    run_idle()
    ask { "An item of `{b}` ran slowly in `kworker/{cpu}:1`. An administrator gives that thread a higher priority by hand, with "
          .. "`chrt`. What goes wrong?", id = "break", rule = "R3.1",
      choices = {
        { "the next item of `{b}` may run in another worker, and items of other drivers get the priority", id = "others" },
        { "nothing: from now on the items of `{b}` run at once",
          "The thread serves the whole pool, and `{b}` has no thread.", id = "fine" },
        { "the pool ends the thread, because it differs from the others",
          "The pool does not look at it. It ends only workers that are idle for long.", id = "ends" } },
      correct = "others",
      hints = { "Who uses the thread `kworker/{cpu}:1`?", "Which worker of the pool takes the next item of `{b}`?",
                "Any idle worker of the pool may take the next item, and this worker may take an item of any workqueue. Who has the "
                .. "priority then?" },
      why = "A priority for items is a flag of their workqueue, such as WQ_HIGHPRI, not a property of a thread." }

    -- 3. unbound
    local free = alloc_workqueue("free", WQ_UNBOUND, 0)
    local any = item("any")
    say { "The workqueue `free` is made with *WQ_UNBOUND*: its items need not run on the CPU that queues them. {any} is "
          .. "queued on it, on CPU 0.", look = any }
    irq(0, "card", function() queue_work(free, any) end)
    run_until(starts(any))
    ask { "The name of its worker has the form `kworker/uN:M`. What is N?", id = "unbound", rule = "R3.13",
      choices = {
        { "the CPU that queued it", "CPU 0 queued it. Look at the number in the name.", id = "cpu" },
        { "the number of a pool that is bound to no CPU", id = "pool" },
        { "the number of the user who caused the work", "Workers are kernel threads. They do not know of users.", id = "user" } },
      answer = function(t)
        local start = t:first(starts(any))
        local n = start.thread:match("^kworker/u(%d+):")
        return n and n ~= "0" and "pool" or "cpu", start
      end,
      hints = { "Which row of the picture is its worker in?", "The letter u stands for unbound.",
                "The pool has no CPU, so its name cannot be a CPU's number. Which number is its own?" },
      why = "An unbound pool serves several CPUs, so its workers are named after the pool's own number." }
    run_idle()

    -- 4. whose threads
    say { "Now the driver of `{a}` is unloaded: it calls `destroy_workqueue({a})`.", look = pool(p.cpu) }
    local before = now()
    task(0, "rmmod", function() destroy_workqueue(qa) end)
    predict { "Which workers end with the workqueue?", id = "destroy", rule = "R5.29",
      choices = {
        { "`kworker/{cpu}:1`, which ran its items", "The thread belongs to CPU {cpu}'s pool and runs items of other "
          .. "workqueues too.", id = "one" },
        { "all idle workers of CPU {cpu}'s pool", "The pool is there as long as its CPU.", id = "all" },
        { "none", id = "none" } },
      answer = function(t)
        local back = t:first(returns(destroy_workqueue))
        local ended = t:count(event("worker_die"):after(before):before(back.ms))
        return ended == 0 and "none" or ended == 1 and "one" or "all", back
      end,
      hints = { "Did `alloc_workqueue()` create a worker in the first scene?", "To whom do the workers belong?",
                "The pool's workers were there before the workqueue, and other workqueues need them. Which of them could "
                .. "end?" },
      why = "Making and destroying a per-CPU workqueue is cheap: no thread begins or ends. Only WQ_MEM_RECLAIM adds one, "
            .. "the rescuer." }
    run_idle()

    ask { "Other numbers: a server has {cpus} CPUs. Its drivers make {queues} per-CPU workqueues, {high} of them with "
          .. "WQ_HIGHPRI. How many pools run their items?", id = "pools", rule = "R1.22", number = "pools", within = 0,
      correct = 2 * p.cpus,
      wrong = {
        { function(_, v) return v == p.queues or v == p.queues - p.high end, "A workqueue has no pool of its own: it uses the pools of the CPUs." },
        { function(_, v) return v == p.cpus end, "The items of the {high} workqueues with WQ_HIGHPRI go to another pool of the "
          .. "same CPU." },
        { function(_, v) return v == p.queues * p.cpus end, "That is the number of threads before cmwq." },
        { function() return true end, "The pools belong to the CPUs, {right} in all." } },
      hints = { "To whom do the pools belong?", "How many pools for per-CPU work does one CPU have?",
                "Each of the {cpus} CPUs has a normal pool and a highpri pool, for all workqueues." },
      why = "The number of workqueues does not matter: {cpus} CPUs have two pools each." }
    ask { "`top` shows `kworker/1:2-net` with 0 % CPU, in state I. What is that worker doing?", id = "top", rule = "R3.14",
      choices = {
        { "the worker waits for the next item of `net`", "It waits for any item of its pool.", id = "waits" },
        { "the worker is idle; its last item was one of `net`", id = "last" },
        { "an item of `net` hangs in this worker", "Then the sign would be a plus, and the state D if it sleeps.", id = "hangs" } },
      correct = "last",
      hints = { "A plus sign stands before the workqueue of the *current* item.", "Which workqueue can an idle worker still name?",
                "State I means idle. The minus sign marks something that is over." },
      why = "With a minus sign the name is history. Look for the plus sign when you search for the item that uses a CPU." }
    recap { "Workqueues have flags and limits, pools have workers. All per-CPU workqueues share two pools on each CPU.",
            "kworker/CPU:N, with H for highpri; kworker/uPOOL:N is unbound; kworker/R-NAME is a rescuer.",
            "Behind + is the workqueue of the current item, behind - that of the last one." }
  end }
