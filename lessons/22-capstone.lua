-- 22-capstone.lua: a report from the field, a driver, and the practices of the course.
return lesson {
  title    = "A report from the field",
  question = "A machine hung, and all you have is its log and the driver. Where is the fault?",
  minutes  = 20, needs = { "waiting", "unload", "watchdog" },
  machine  = { cpus = 2, boot = { watchdog_thresh = 1 } },
  covers   = { rules = { "R2.14", "R5.16", "R6.1", "R12.3", "R12.8", "R14.1", "R14.3" },
               errata = { "E1.5", "E1.6", "E1.40", "E2.16", "E2.22", "E2.32", "E2.58", "E2.63", "E2.64", "E2.65", "E2.66", "E2.68", "E1.9" },
               checklist = { "L5", "L43", "L44", "L45" },
               asked = { first = { "E2.63", "E2.64" }, flags = { "E1.9", "E2.22" }, future = { "E2.68", "L44" } },
               scenarios = {
                 pub_recovery_cycle = { recover = "reset", job = "stats", only = "runs ret executor" },
                 self_deadlock_max1 = {}, pub_wait_later_item = {}, lockdep_mutex_flush = {}, wait_chain = {} } },
  params   = function(pick)
    return { bus = pick(5, 9), wait = pick(2, 4), read = pick(4, 7) }
  end,

  function(p)
    -- the driver: reset() holds the lock and flushes stats; stats needs the lock
    local drv = alloc_workqueue("drv", 0, 0)
    local dev = mutex("dev_lock")
    local stats, reset
    stats = work("stats", function() mutex_lock(dev) sleep_ms(1) mutex_unlock(dev) end)
    reset = work("reset", function()
      mutex_lock(dev)
      sleep_ms(p.bus)
      flush_work(stats)
      mutex_unlock(dev)
    end)

    ask { "First a question about an earlier lesson. When does `flush_work(w)` return?", id = "recall", rule = "R6.1",
      choices = {
        { "when the last queueing of `w` so far has run to its end", id = "last" },
        { "when the workqueue of `w` is empty", "That is `drain_workqueue()`. A flush of one item waits for that item.",
          id = "empty" },
        { "at once, if `w` is asleep", "A sleeping function has not returned. The flush waits for its return.",
          id = "at-once" } },
      correct = "last",
      hints = { "Does the flush look at one item or at all?", "It puts a barrier right behind the item.",
                "The barrier is reached when the function of the item has returned." },
      why = "A flush needs the item to *end*. Remember that when you read what the item needs." }
    say { "A report: \"The machine hung after the card was reset. Nothing in the log for a while, then all programs that "
          .. "use the card were stuck.\" You have the driver: {reset} takes `dev_lock`, talks to the card for {bus} ms, "
          .. "waits for {stats} and releases the lock. {stats} takes `dev_lock` to read the counters.",
          look = { reset, stats } }
    say { "An error interrupt has queued {reset} on `drv`, and right after it the timer has queued {stats}. `drv` is per-CPU and "
          .. "has the default limit of 256.", look = { reset, stats } }
    irq(0, "card", function() queue_work(drv, reset) queue_work(drv, stats) end)
    run_until(sleeps(reset))
    predict { "{reset} has the lock and talks to the card. {stats} is next. What will happen?",
    id = "cycle", rule = "R2.14",
      choices = {
        { "{stats} runs first, then {reset} goes on", "{stats} needs the lock that {reset} holds until its end.",
          id = "stats" },
        { "both wait for ever: each needs the other to end first", id = "cycle" },
        { "{reset} gets its flush, because {stats} is only waiting", "A flush waits until the function has returned.",
          id = "flush" } },
      answer = function(t)
        local late = t:first(prints "the rest of the machine goes on")
        if t:find(ends(stats):before(late.ms)) then return "stats", late end
        return t:find(ends(reset):before(late.ms)) and "flush" or "cycle", late
      end,
      hints = { "What does {reset} need before it can return, and what does {stats} need?",
                "{reset} holds the lock and waits for {stats}. {stats} waits for the lock.",
                "Draw both waits as arrows: {reset} to {stats}, {stats} to the lock, the lock to {reset}." },
      why = "A flush under a lock that the flushed item takes is a deadlock. It needs no bad luck: it happens whenever "
            .. "{stats} is queued at the wrong time." }
    run(p.wait * 1000)
    task(1, "app", function() printk("the rest of the machine goes on") end)
    run_until(prints "the rest of the machine goes on")
    predict { "{wait} seconds have passed and the watchdog is set to one second. It has not reported anything. Why?",
    id = "silent",
      rule = "R12.3",
      choices = {
        { "it looks every 30 seconds", "Here it looks every second.", id = "slow" },
        { "the pool has no item waiting on its worklist: both have started, and sleep", id = "started" },
        { "sleeping items are reported only with lockdep", "Lockdep reports an order of locks. The watchdog does not "
          .. "know locks at all.", id = "lockdep" } },
      answer = function(t)
        local e = t:first(prints "look at the pool now")
        local n = #t:at(e).pool(0).worklist
        return n == 0 and not t:find(stalls()) and "started" or "slow", e
      end,
      hints = { "What does the watchdog look for in a pool?", "It looks for items that wait on a worklist, without "
                .. "progress.",
                "Is the worklist of CPU 0's pool empty?" },
      why = "The watchdog sees pools that do not start their items. Two items that wait for each other have started. The "
            .. "list of all workqueues (SysRq-t) shows them." }
    task(1, "app", function() printk("look at the pool now") end)
    run_until(prints "look at the pool now")

    say { "*SysRq* is a key that the kernel itself reads, even if no program runs. The administrator presses SysRq-t: the kernel "
          .. "prints its tasks and all workqueues that are not idle.", look = drv }
    sysrq "t"
    run(0.1)
    show "dmesg"
    ask { "The line `in-flight:` lists {reset} and {stats}, each behind the PID of its worker, and `BAR(PID)` behind {stats}. "
              .. "What is `BAR(PID)`?", id = "bar", rule = "R12.8",
      choices = {
        { "an item of another driver", "Its function is the engine's own.", id = "other" },
        { "the barrier of a flush; the PID is that of the thread that waits", id = "barrier" },
        { "a broken pool", "A pool that is stuck has `hung=`.", id = "pool" } },
      correct = "barrier",
      hints = { "What does `flush_work()` put behind an item?", "It puts a barrier there. Who waits for it?",
                "The thread in the brackets called the flush. Compare its PID with the one of {reset}." },
      why = "This line has the whole cycle: {reset} is in flight, and the barrier behind {stats} names the PID of the "
            .. "same worker." }

    -- the repair, on a second card
    local dev2 = mutex("dev2_lock")
    local stats2 = work("stats2", function() mutex_lock(dev2) sleep_ms(p.read) mutex_unlock(dev2) end)
    local reset2 = work("reset2", function()
      flush_work(stats2)
      mutex_lock(dev2)
      sleep_ms(p.bus)
      mutex_unlock(dev2)
    end)
    say { "The repair: {reset2} flushes *before* it takes the lock. (The two stuck items stay: nothing can free them.) We use a "
          .. "second card with a lock of its own, and the same order of events. {stats2} reads for {read} ms.", look = reset2 }
    irq(0, "card", function() queue_work(drv, reset2) queue_work(drv, stats2) end)
    predict { "{reset2} is queued and {stats2} right after it. Do both come to their ends?", id = "repair", rule = "R6.1",
      choices = {
        { "yes: the flush holds no lock that {stats2} needs", id = "yes" },
        { "yes, but only because {stats2} is queued second", "The order does not matter: without the lock nothing points "
          .. "back to {reset2}.", id = "order" },
        { "no: both are on one workqueue", "One workqueue is no reason: max_active is 256, so both are active.",
          id = "wq" } },
      answer = function(t) local e = t:first(ends(reset2)) t:first(ends(stats2)) return "yes", e end,
      hints = { "Draw the arrows again.", "{reset2} waits for {stats2}. What does {stats2} wait for?",
                "{stats2} needs the lock. {reset2} is inside its flush: has it taken the lock yet?" },
      why = "Keep the flush outside of every lock that the item takes, or do not flush at all: often a cancel is enough." }
    run_until(ends(reset2))
    run(2)
    local began = now()
    irq(0, "card", function() queue_work(drv, stats2) end)
    after(1, function() irq(0, "card", function() queue_work(drv, reset2) end) end)
    predict { "Other numbers: {stats2} is queued first and reads for {read} ms. 1 ms after it {reset2} is queued, which needs "
              .. "{bus} ms on the bus. How many ms after *its* queueing does {reset2} end?", id = "numbers", rule = "R6.1",
      number = "ms", within = 0.7,
      answer = function(t)
        local e = t:first(ends(reset2):after(began))
        return e.ms - began - 1, e
      end,
      wrong = {
        { function(_, v) return near(v, p.bus, 0.7) end, "It flushes {stats2} first, which still reads." },
        { function(_, v) return near(v, p.read + p.bus, 0.7) end, "1 ms of the reading was over when {reset2} was queued." },
        { function() return true end, "The flush waits for the rest of {stats2}. Then {reset2} talks to the card for {bus} ms." } },
      hints = { "What does {reset2} do first, and for how long?", "When {reset2} is queued, {stats2} has read for 1 ms.",
                "The flush returns after {read} - 1 ms. What does {reset2} do then?" },
      why = "The flush costs the rest of the other item's run. It costs no lock." }
    run_until(ends(reset2))
    run(2)

    ask { "A driver needs to run short items that do not belong to a CPU. Which workqueue is the best first choice today?",
    id = "first",
      rule = "R14.1",
      choices = {
        { "one of its own, from `alloc_workqueue()`", "It costs little, but it needs a reason: a flush of all its items, "
          .. "a limit, or WQ_MEM_RECLAIM.", id = "own" },
        { "`system_unbound_wq`, called `system_dfl_wq` since 6.17", id = "unbound" },
        { "`system_wq`, because it runs anywhere", "`system_wq` is per-CPU: its items stay on the CPU that queues them.",
          id = "percpu" },
        { "`system_highpri_wq`, to be fast", "High priority is for items that must not wait behind others. Most can.",
          id = "high" } },
      correct = "unbound",
      hints = { "Which of them are per-CPU?", "An item without a CPU should run where there is room.",
                "Per-CPU are `system_wq` and `system_highpri_wq`. Of the other two, one needs a reason that this driver has not." },
      why = "Use what exists, until you need a flush, a limit or a rescuer of your own." }
    ask { "Texts give tables of the flags of `alloc_workqueue()`, and most of them leave some out. Which of these does "
              .. "*not* exist?", id = "flags",
      rule = "R11.1",
      choices = {
        { "`WQ_POWER_EFFICIENT`", "It makes a workqueue unbound if the system was booted so (lesson 17).", id = "power" },
        { "`WQ_BH`", "Its items run in a softirq, since 6.9 (lesson 16).", id = "bh" },
        { "`WQ_CPU_INTENSIVE`", "Its items do not count in nr_running (lesson 6).", id = "intensive" },
        { "`WQ_REALTIME`", id = "realtime" } },
      correct = "realtime",
      hints = { "Which of them have you met in this course?", "What can differ between the workers of two pools?",
                "Workers differ in their nice value and their CPUs. Which of the four names something else?" },
      why = "Only the nice value and the CPUs of workers can be chosen, not their policy." }
    ask { "A text of 2024 announced four changes for 6.9: throttling by load, real-time priorities for workers, control "
              .. "by cgroups, and BH workqueues. Which of them came?",
      id = "future", rule = "R11.1",
      choices = {
        { "all four", "There is no throttling, no priority but nice, and no control by cgroups.", id = "all" },
        { "BH workqueues alone", id = "bh" },
        { "throttling and cgroups", "The detection of hogs (6.5) looks like throttling. It only lets the next item start.",
          id = "two" } },
      correct = "bh",
      hints = { "Which of the four have you used?", "Lesson 16 used one of them.", "`system_bh_wq` exists. Have you seen "
                .. "a file or a flag for one of the others?" },
      why = "6.9 also made max_active of an unbound workqueue a limit of the whole system, with a share for each node. The "
            .. "rest of the text's list never came." }
    say { "*Where to read on.* The kernel's page is `Documentation/core-api/workqueue.rst`, and all of the code is one "
          .. "file of 8,114 lines, `kernel/workqueue.c` (6.12). No switch turns on \"debug workqueues\": there are none. "
          .. "The functions that texts leave out are `mod_delayed_work()`, `disable_work()`, `drain_workqueue()` and "
          .. "`alloc_ordered_workqueue()`; you have used all of them." }
    say { "*The checklist, 1 of 3*, with the lesson that proved each point. A handler does the least that is possible (lesson 1). "
          .. "`queue_work()` needs no check before it (2). A workqueue is no way to get threads (3, 4). A long item sleeps, calls "
          .. "`cond_resched()` or has WQ_CPU_INTENSIVE (5, 6). A limit is no order (7). Count on no worker being there (8)." }
    say { "*The checklist, 2 of 3.* `mod_delayed_work()` moves a timer (9). Flush and cancel without a lock that the item takes "
          .. "(10, 22). WQ_MEM_RECLAIM for what frees memory (11). Stop the source, cancel, then free (12). `destroy_workqueue()` "
          .. "needs no flush before it, but timers must be cancelled (12, 13)." }
    say { "*The checklist, 3 of 3.* Unbound for long items (14), `alloc_ordered_workqueue()` for order (15), the place that fits the "
          .. "job (16), a flush or cancel before suspend and hotplug (17). In a report look for what it does not name (18). Change "
          .. "one thing, and measure (20). A thread for what is one task for ever (21)." }
    recap { "A flush under a lock that the item takes is a deadlock.",
            "Items that wait for each other have started: the watchdog is silent, SysRq-t is not.",
            "In-flight lines name the items, BAR names the waiter." }
  end }
