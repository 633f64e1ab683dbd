-- 16-bottom-halves.lua: softirqs, tasklets, BH work, threaded handlers and work items side by side.
return lesson {
  title    = "Bottom halves",
  question = "Softirq, tasklet, BH work, threaded handler, work item: which of them for which job?",
  minutes  = 14, needs = { "why-defer", "pools-and-names" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R11.2", "R11.3", "R11.5", "R11.6" },
               errata = { "E1.3", "E1.38", "E2.11", "E2.12", "E2.13", "E2.28", "E2.42" }, checklist = { "L6", "L24", "L25", "L27" },
               scenarios = {
                 bh_basic = { w1 = "bh" }, pub_bh_tasklet = {}, mix_bh_hi_later = {}, irq_queue = {} } },
  params   = function(pick)
    return { need = pick(5, 8), storm_n = pick(34, 40), quick = pick(3, 5) }
  end,

  function(p)
    local line  = irq_line(0, "card")
    local bhj   = work("bh", function() udelay(200) end)
    local tl    = tasklet("tl", function() udelay(200) printk("tl runs") end)
    local wk    = work("wk", function() burn(0.2) end)
    local thread_fn = function() burn(0.2) end
    open_softirq(NET_RX_SOFTIRQ, function() udelay(200) printk("rx is served") end)
    request_threaded_irq(line, function()
      queue_work(system_wq, wk)
      tasklet_schedule(tl)
      queue_work(system_bh_wq, bhj)
      raise_softirq(NET_RX_SOFTIRQ)
      return IRQ_WAKE_THREAD
    end, thread_fn, 0, "card")

    ask { "First a question about lesson 1. Why may an interrupt handler not sleep?", id = "recall",
      choices = {
        { "It runs on the stack of the thread that it interrupted: that thread, and the CPU, would stand still", id = "borrowed" },
        { "It would be too slow", "A handler that computes for long is slow too, and it is allowed. Sleeping is not.",
          id = "slow" },
        { "The device would wait for it", "A device goes on by itself, and loses what is not taken from it in time. The "
          .. "handler's rule is about the CPU.", id = "device" } },
      correct = "borrowed",
      hints = { "Which thread does `current` name inside a handler?", "A thread that sleeps is taken from the CPU, and "
                .. "another one runs. Which thread is that here?",
                "The handler has no thread of its own. The interrupted thread would be put to sleep instead." },
      why = "A handler borrows a context. Everything that runs in a borrowed context must not sleep." }
    say { "A driver does the slow part of its work after the handler has returned. These places are called *bottom halves*. One is "
          .. "a work item. Another is a *softirq*: one of ten fixed functions that a CPU runs when a handler returns. NET_RX, which "
          .. "takes packets from network cards, is one of the ten; TASKLET is another." }
    say { "TASKLET runs what drivers put on its lists. A *tasklet* is a small function on such a list. A *BH work item* is a work "
          .. "item that TASKLET calls: it is queued on `system_bh_wq`. (BH stands for bottom half.)" }
    say { "An interrupt may also have a thread of its own, with real-time priority: a *threaded handler*. The handler only wakes "
          .. "it. The handler of `card` on CPU 0 asks for five things, in this order: the work item {wk}, the tasklet `tl`, the BH "
          .. "work item {bh}, the softirq NET_RX and its own thread. The thread `app` has CPU 0.", look = { wk, bhj } }
    task(0, "app", function() burn(3) end)
    run(1)
    raise(line)
    predict { "`card` interrupts `app`. In which order will these four be executed?", id = "order", rule = "R11.2",
      order = { "the softirq NET_RX", "the BH work item bh", "the tasklet tl", "the work item wk" },
      answer = function(t)
        local last = t:first(starts(wk))
        local at = { { "the softirq NET_RX", t:first(prints "rx is served").ms },
                     { "the BH work item bh", t:first(starts(bhj)).ms },
                     { "the tasklet tl", t:first(prints "tl runs").ms }, { "the work item wk", last.ms } }
        table.sort(at, function(a, b) return a[2] < b[2] end)
        local names = {}
        for i, row in ipairs(at) do names[i] = row[1] end
        return names, last
      end,
      wrong = { { function(_, v) return v[1] == "the work item wk" end, "A worker is a thread: it waits until the softirqs "
                  .. "have ended and the scheduler chooses it." },
                { function() return true end, "NET_RX is before TASKLET. Inside TASKLET the BH items are before the tasklets. "
                  .. "Threads come last." } },
      hints = { "Which of the four run in a softirq, and which one in a thread?",
                "Softirqs run by their numbers: NET_RX is 3, TASKLET is 6. Two of the four are in TASKLET.",
                "NET_RX is the first. The function of TASKLET begins with its BH items. Which two are left, and which of them "
                .. "needs a thread?" },
      why = "Softirqs run by their numbers, and threads after them. The card's own thread was the first of those: it has "
            .. "real-time priority." }
    run_idle()

    -- 2. sleeping
    local names = { bh = "slowbh", tl = "slowtl", item = "slowitem" }
    local sbh, sitem = work(names.bh, function() msleep(2) end), work(names.item, function() msleep(2) end)
    local stl = tasklet(names.tl, function() msleep(2) end)
    say { "Three functions that call `msleep(2)`: the work item {slowitem}, the BH work item {slowbh} and the tasklet "
          .. "`slowtl`. An interrupt asks for all of them.", look = { sitem, sbh } }
    irq(0, "card", function() queue_work(system_wq, sitem) queue_work(system_bh_wq, sbh) tasklet_schedule(stl) end)
    local asked = now()
    predict { "For how many of the three does the kernel report `BUG: scheduling while atomic`?", id = "sleep", rule = "R11.6",
      choices = {
        { "none: all three are deferred, so they may sleep", "Deferred is not enough. A softirq runs in a borrowed context, as "
          .. "a handler does.", id = "none" },
        { "one: the tasklet", "A BH work item has the interface of a work item and the context of a tasklet.", id = "one" },
        { "two: the tasklet and the BH work item", id = "two" },
        { "all three", "A worker is a thread, so {slowitem} may sleep: this is what workqueues are for.", id = "three" } },
      answer = function(t)
        local last = t:first(ends(sitem))
        local n = t:count(bug("atomic-sleep"):after(asked))
        return ({ [0] = "none", "one", "two", "three" })[n], last
      end,
      hints = { "Which of the three functions have a thread of their own?",
                "Softirqs call BH work items and tasklets. On whose stack does a softirq run?",
                "{slowitem} runs in a worker, which is a thread. The other two run on the stack of the interrupted thread." },
      why = "BH work has the calls of a work item, such as flush and cancel, and the context of a softirq. It is meant to "
            .. "replace tasklets." }
    run_idle()

    -- 3. which CPU
    local ctl = tasklet("far", function() printk("far runs") end)
    local relay = work("relay", function() tasklet_schedule(ctl) end)
    say { "The card interrupts *CPU 0*. Its handler queues {relay} on *CPU 1*, and {relay} calls `tasklet_schedule()` for the "
          .. "tasklet `far`.", look = relay }
    irq(0, "card", function() queue_work_on(1, system_wq, relay) end)
    predict { "On which CPU does the tasklet run?", id = "cpu", rule = "R11.2",
      choices = {
        { "CPU 0, which took the interrupt", "The tasklet knows nothing about the interrupt. {relay} called "
          .. "`tasklet_schedule()` on CPU 1.", id = "irq" },
        { "CPU 1, which scheduled it", id = "scheduler" },
        { "whichever of them is idle", "A softirq does not move: it runs on the CPU that raised it.", id = "idle" } },
      answer = function(t)
        local e = t:first(prints "far runs")
        return e.cpu == 1 and "scheduler" or "irq", e
      end,
      hints = { "Which CPU calls `tasklet_schedule()`?", "That call puts the tasklet on a list of the CPU that makes it, and "
                .. "raises the softirq there.",
                "The handler runs on CPU 0 and queues {relay} with `queue_work_on(1, ...)`. Where does {relay} run, and where does "
                .. "it make its call?" },
      why = "Softirqs, tasklets and BH items run on the CPU that asked for them. Often this is the CPU of the interrupt, but "
            .. "not because of the interrupt." }
    run_idle()

    -- 4. a softirq that does not end
    local rounds = 0
    local storm
    storm = work("storm", function()
      rounds = rounds + 1
      udelay(500)
      if rounds < p.storm_n then queue_work(system_bh_wq, storm) end
    end)
    say { "Now a mistake. {storm} is a BH work item that takes 0.5 ms and queues itself again, {storm_n} times in all. The thread "
          .. "`editor`, with normal priority, needs {need} ms of the same CPU.", look = storm }
    local editor = task(0, "editor", function() compute(p.need) end)
    run(1)
    irq(0, "card", function() queue_work(system_bh_wq, storm) end)
    predict { "`editor` was interrupted by the card. When does it get the CPU back?", id = "break", rule = "R11.5",
      short = "When does `editor` get the CPU back?",
      choices = {
        { "when {storm} has run for the last time: softirqs come before threads", "They do for 2 ms at most. The rest is left to "
          .. "a thread.", id = "end" },
        { "after about 2 ms, and from then on it shares the CPU with the storm", id = "shares" },
        { "after the first run of {storm}: a BH item that queues itself waits for the next interrupt", "The same round of the "
          .. "softirq takes it from the list again.", id = "first" } },
      answer = function(t)
        local began = t:first(starts(storm)).ms
        local back = t:first(event("softirq_exit"):by(editor):after(began))
        local n = t:count(starts(storm):before(back))
        return n == 1 and "first" or n < p.storm_n and "shares" or "end", back
      end,
      hints = { "For how long may a CPU run softirqs, one after the other?",
                "After 2 ms or ten rounds the kernel wakes `ksoftirqd/0`. Is that a context of its own, or a thread?",
                "`ksoftirqd/0` is a thread like `editor`, with normal priority. After 2 ms the rest of the storm is left to it. "
                .. "Who has the CPU until the scheduler chooses `ksoftirqd/0`?" },
      why = "After 2 ms the rest is left to *ksoftirqd/0*, a thread of CPU 0 with normal priority. So a flood of softirqs cannot "
            .. "take all of the CPU. It still takes the larger part: a later interrupt may begin another 2 ms of it." }
    run_idle()

    ask { "A network card has three jobs: read a status register, which takes 1 us; pass 64 packets on, which takes 0.2 ms and "
          .. "does not sleep; load firmware over a slow bus, which sleeps. Which places fit?", id = "jobs",
      choices = {
        { "handler, BH work, work item", id = "fit" },
        { "handler, work item, BH work", "The firmware job sleeps, so it needs a thread. BH work has none.", id = "swapped" },
        { "handler, handler, threaded handler", "0.2 ms with interrupts off loses packets of other devices, as in lesson 1.",
          id = "handlers" },
        { "three work items", "The card waits for the read of its register before it stops interrupting. Only the handler is "
          .. "early enough.", id = "items" } },
      correct = "fit",
      hints = { "Which of the jobs sleeps, and which one must happen at once?", "A job that sleeps needs a thread: a work item or "
                .. "a threaded handler.",
                "The register must be read at once, so the handler does it. The packets take 0.2 ms and do not sleep. Which place "
                .. "runs right after the handler, without a thread?" },
      why = "The handler does what cannot wait, BH work does short work that does not sleep, a work item or a threaded "
            .. "handler does the rest. A threaded handler has real-time priority, a work item has not." }

    -- 5. other numbers
    local quick = {}
    for i = 1, p.quick do quick[i] = work("q" .. i, function() udelay(300) end) end
    local report = work("report", function() burn(0.1) end)
    irq(0, "card", function()
      queue_work(system_wq, report)
      for i = 1, p.quick do queue_work(system_bh_wq, quick[i]) end
    end)
    predict { "A last scene. An interrupt queues {report} on `system_wq` and then {quick} BH items of 0.3 ms each, `q1` to "
              .. "`q{quick}`. How many of the BH items have ended when {report} starts?", id = "again", rule = "R11.3",
      choices = {
        { "none: {report} was queued first", "It needs a worker, and the worker needs the CPU. Softirqs run when the handler "
          .. "returns, before any thread.", id = "none" },
        { "one: then the CPU goes to the next one in turn", "A CPU runs all that waits in a softirq, up to 2 ms, before it "
          .. "goes back to threads.", id = "one" },
        { "all {quick}", id = "all" } },
      answer = function(t)
        local e = t:first(starts(report))
        local n = 0
        for i = 1, p.quick do n = n + t:count(ends(quick[i]):before(e.ms)) end
        return n == 0 and "none" or n == p.quick and "all" or "one", e
      end,
      hints = { "Which of them need a thread?", "{quick} items of 0.3 ms each: is that more than 2 ms?",
                "The softirq runs them one after the other when the handler returns. The worker of {report} waits for the CPU." },
      why = "One BH item at a time on each CPU and priority, in the order of queueing, before every thread." }
    run_idle()
    recap { "Softirq, tasklet and BH work item: soon, on the CPU that asked, without sleeping.",
            "Work item and threaded handler: a thread, which may sleep.",
            "After 2 ms of softirqs `ksoftirqd` takes over: a thread like others." }
  end }
