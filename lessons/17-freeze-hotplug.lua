-- 17-freeze-hotplug.lua: queued items when the system is suspended, and when a CPU goes away.
return lesson {
  title    = "Suspend and hotplug",
  question = "What happens to queued items when the system is suspended, or when their CPU goes away?",
  minutes  = 12, needs = { "max-active" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R10.1", "R10.2", "R10.6", "R10.7", "R10.8", "R10.9" },
               errata = { "E1.4", "E1.7", "E2.20", "E2.25", "E2.53" }, checklist = { "L6" },
               scenarios = {
                 freezable = { w0 = "n1", f0 = "f1" }, offline_pending = { w0 = "w0", w1 = "w1", q0 = "solo" },
                 freeze_fail = {}, mix_freeze_delayed = {}, unbound_offline = {}, mix_offline_ordered = {} } },
  params   = function(pick)
    return { left = pick(8, 14), work = pick(2, 3), nap = pick(60, 80), a = pick(10, 16), b = pick(20, 28) }
  end,

  function(p)
    local function freeze_system() freeze() printk("the system is frozen") end
    local function thaw_system() printk("the system is thawed") thaw() end
    local frozen_now, thawed_now = prints "the system is frozen", prints "the system is thawed"
    local disk_wq = alloc_workqueue("disk_wq", WQ_FREEZABLE, 0)
    local net_wq  = alloc_workqueue("net_wq", 0, 0)
    local solo    = alloc_workqueue("solo", 0, 1)

    -- 1. freezing
    ask { "First a question about an earlier lesson. An item sleeps inside its function. Does it count in nr_active of its "
          .. "workqueue?", id = "recall", rule = "R5.12", short = "Does a sleeping item count in nr_active?",
      choices = {
        { "no: it uses no CPU", "That is nr_running, the number of the *pool*. The workqueue counts an item until its "
          .. "function returns.", id = "no" },
        { "yes, until its function returns", id = "yes" },
        { "only if the workqueue has max_active 1", "The count is the same for each limit.", id = "one" } },
      correct = "yes",
      hints = { "Which of the two numbers belongs to the workqueue, and which one to the pool?",
                "nr_running is about the CPU. What is nr_active compared with?",
                "nr_active is compared with max_active. An item that sleeps keeps its slot: two of them with max_active 2 "
                .. "kept a third one waiting." },
      why = "A sleeping item is active. Keep this in mind: suspend looks at nr_active." }
    local f0 = work("f0", function() sleep_ms(p.left) burn(p.work) end)
    say { "A laptop is *suspended*: its devices are switched off, its memory keeps everything. Before that it is *frozen*: no "
          .. "program of a user runs, so that nothing writes to a disk that is about to be switched off. `disk_wq` was made with "
          .. "the flag WQ_FREEZABLE, `net_wq` without it.", look = { disk_wq, net_wq } }
    say { "{f0} runs on `disk_wq`: it sleeps for {left} ms and then works for {work} ms. While it sleeps the thread `pm`, which "
          .. "does the suspend, begins to freeze the system.", look = f0 }
    irq(0, "disk", function() queue_work(disk_wq, f0) end)
    run_until(sleeps(f0))
    run(1)
    task(1, "pm", freeze_system)
    predict { "`pm` calls `freeze_workqueues_begin()` while {f0} sleeps inside its function. What happens to {f0}?", id = "frozen",
      rule = "R10.7",
      choices = {
        { "its worker is frozen and goes on after the resume", "So it is written in many texts. Threads of users are frozen, workers are "
          .. "not: the freeze only sets the limit of `disk_wq` to 0.", id = "worker" },
        { "it goes on to its end, and `pm` waits for that", id = "ends" },
        { "it is cancelled and queued again", "Nothing stops a function that has begun.", id = "cancelled" } },
      answer = function(t)
        local frozen = t:first(frozen_now)
        return t:find(ends(f0):before(frozen.ms)) and "ends" or "worker", frozen
      end,
      hints = { "What does WQ_FREEZABLE change: a thread, or a number?",
                "The freeze sets max_active of `disk_wq` to 0. Does that stop an item which is active?",
                "Active items go on. `pm` asks every few milliseconds whether nr_active of a freezable workqueue is above "
                .. "0. When is it 0?" },
      why = "Freezing sets the limit of each freezable workqueue to 0 and waits for its active items. Workers are never "
            .. "frozen." }
    run_until(frozen_now)

    -- 2. while the system is frozen
    local f1, n1 = work("f1", function() burn(p.work) end), work("n1", function() burn(p.work) end)
    say { "The system is frozen, and the suspend has not switched off the CPUs yet. A timer interrupt on CPU 0 queues {f1} on "
          .. "`disk_wq` and {n1} on `net_wq`.", look = { f1, n1 } }
    irq(0, "timer", function() queue_work(disk_wq, f1) queue_work(net_wq, n1) end)
    predict { "Which of the two runs before the system is thawed?", id = "while", rule = "R10.7",
      choices = {
        { "neither: the system is frozen", "Only what was made with WQ_FREEZABLE waits. The worker of {n1} knows nothing of "
          .. "the freeze.", id = "neither" },
        { "{n1} only", id = "n1" },
        { "both: {f1} was queued after the freeze began, so it is not part of it", "The limit of `disk_wq` is 0. {f1} becomes "
          .. "inactive, like every item beyond the limit.", id = "both", world = { flags = 0 } } },
      answer = function(t)
        local thawed = t:first(thawed_now)
        local f = t:find(starts(f1):before(thawed.ms))
        local n = t:find(starts(n1):before(thawed.ms))
        return f and n and "both" or n and "n1" or "neither", thawed
      end,
      hints = { "What are the limits of `disk_wq` and of `net_wq` now?",
                "`disk_wq`: 0. `net_wq`: as before. Where does an item go that would exceed the limit?",
                "{f1} would be item 1 of at most 0. {n1} is item 1 of at most 256." },
      why = "Use WQ_FREEZABLE for items that must not run while devices sleep, for example those that write to a disk." }
    run(20)
    task(1, "pm", thaw_system)
    run_idle()
    say { "*Thawed* means that the freeze is over. `thaw_workqueues()` gave `disk_wq` its limit back, and {f1} became active.",
          look = f1 }

    -- 3. a flush that waits for the thaw
    local f2 = work("f2", function() burn(p.work) end)
    say { "Now a mistake. The system is frozen again, and an interrupt queues {f2} on `disk_wq`. `pm` then calls a function of "
          .. "each driver, its *suspend callback*, which puts the device to sleep. One of them calls `flush_work()` for {f2}, to "
          .. "be sure that it is complete.", look = f2 }
    task(1, "pm", freeze_system)
    run_until(frozen_now)
    irq(0, "timer", function() queue_work(disk_wq, f2) end)
    run(1)
    task(1, "suspend", function() flush_work(f2) end)
    predict { "When does `flush_work()` return?", id = "break", rule = "R10.8",
      choices = {
        { "at once: {f2} is frozen, so there is nothing to wait for", "{f2} is pending. A flush waits for what is pending, "
          .. "also on the inactive list.", id = "now" },
        { "when {f2} has run: the flush makes it active", "A flush waits. It does not change a limit.", id = "runs",
          world = { flags = 0 } },
        { "only after the thaw, which a real suspend never reaches: it waits for this callback", id = "thaw" } },
      answer = function(t)
        local back = t:first(returns(flush_work))
        local thawed = t:find(thawed_now:nth(2))
        return thawed and thawed.ms < back.ms and "thaw" or t:find(starts(f2):before(back.ms)) and "runs" or "now", back
      end,
      hints = { "Where is {f2}: on a worklist, or on the inactive list of `disk_wq`?", "What has to happen before {f2} can run?",
                "{f2} waits for the thaw, the flush waits for {f2}. The thaw comes after all suspend callbacks." },
      why = "Flush freezable items *before* the freeze, or cancel them: a cancel does not wait for the thaw." }
    run(15)
    say { "15 ms have passed. In a real suspend this would be a deadlock. Here we thaw the system by hand." }
    task(0, "pm", thaw_system)
    run_idle()

    -- 4. a CPU goes away
    local w0, w1 = work("w0", function() sleep_ms(p.nap) end), work("w1", function() burn(p.work) end)
    say { "Now *hotplug*: a running system takes a CPU away, and the CPU is *offline*: no thread runs on it. `solo` is per-CPU "
          .. "with max_active 1. On CPU 1 the item {w0} sleeps for {nap} ms, and {w1} waits behind it. Then CPU 1 is taken offline.",
          look = solo }
    irq(1, "disk", function() queue_work(solo, w0) queue_work(solo, w1) end)
    run_until(sleeps(w0))
    task(0, "admin", function() offline(1) printk("CPU 1 is gone") end)
    predict { "{w1} was queued for CPU 1, which is gone when {w0} ends. What happens to {w1}?", id = "gone", rule = "R10.2",
      choices = {
        { "it is dropped with the CPU", "Queued items are promises. The pool of CPU 1 and its workers stay.", id = "dropped" },
        { "it waits until CPU 1 is back", "CPU 1 may never come back. The workers of its pool may use the other CPUs "
          .. "now.", id = "waits" },
        { "a worker of CPU 1's pool runs it on another CPU", id = "other" },
        { "CPU 1 runs it before it goes: taking it offline waits for its items", "It does not wait for them: {w0} may sleep "
          .. "for ever.", id = "before" } },
      answer = function(t)
        local start = t:first(starts(w1))
        local off = t:find(prints "CPU 1 is gone")
        if not off or start.ms < off.ms then return "before", start end
        return start.cpu == 1 and "waits" or "other", start
      end,
      hints = { "Which pool has {w1}, and does that pool go away with its CPU?",
                "The pool stays, its workers stay. Which CPUs may they use when their own is gone?",
                "Workers of an offline CPU become unbound: they may run anywhere. {w1} starts when {w0} gives its slot "
                .. "back." },
      why = "A per-CPU item stays on its CPU *while that CPU is online*. An item that must not run elsewhere has to be "
            .. "flushed or cancelled before." }
    run_idle()
    online(1)
    run_idle()

    ask { "An idle CPU sleeps, and to wake it costs power. What does a workqueue's flag *WQ_POWER_EFFICIENT* do?",
      id = "power", rule = "R10.9",
      choices = {
        { "it prefers CPUs that use little power", "The workqueue code knows no such CPUs.", id = "little" },
        { "it makes a per-CPU workqueue unbound, if the system was booted with `workqueue.power_efficient`", id = "unbound" },
        { "it freezes the workqueue when the battery is low", "That has nothing to do with freezing.", id = "battery" } },
      correct = "unbound",
      hints = { "Which other kind of workqueue lets the scheduler choose a CPU?",
                "An idle CPU that has to wake for one item uses power. Which CPU could run the item instead?",
                "A CPU that is awake anyway. A per-CPU workqueue cannot choose it, an unbound one can." },
      why = "An unbound item may run on a CPU that is awake, so the CPU that queued it may go on sleeping." }

    -- 5. other numbers
    local fa = work("fa", function() sleep_ms(p.a) end)
    local fb = work("fb", function() sleep_ms(p.b) end)
    local nb = work("nb", function() sleep_ms(2 * p.b) end)
    say { "A last scene. {fa} sleeps for {a} ms and {fb} for {b} ms, both on `disk_wq`. {nb} sleeps twice as long as {fb}, on `net_wq`. "
          .. "`pm` begins to freeze the system right after all three have started.", look = { disk_wq, net_wq } }
    irq(0, "disk", function() queue_work(disk_wq, fa) queue_work(disk_wq, fb) queue_work(net_wq, nb) end)
    run_until(sleeps(nb))
    task(1, "pm", freeze_system)
    predict { "When is the system frozen?", id = "numbers", rule = "R10.7",
      choices = {
        { "at once: all three sleep", "A sleeping item is active, as the first question of this lesson reminded you.",
          id = "now", world = { flags = 0 } },
        { "after about {a} ms, when {fa} has ended", "{fb} is active too, and it takes longer.", id = "a" },
        { "after about {b} ms, when {fb} has ended", id = "b" },
        { "after about twice {b} ms, when {nb} has ended", "{nb} is on `net_wq`, which is not freezable. The freeze does not "
          .. "wait for it.", id = "nb" } },
      answer = function(t)
        local e = t:nth(3, frozen_now)
        local after_it = { { fa, "a" }, { fb, "b" }, { nb, "nb" } }
        local last = "now"
        for _, row in ipairs(after_it) do
          if t:find(ends(row[1]):before(e.ms)) then last = row[2] end
        end
        return last, e
      end,
      hints = { "For which of the three items does the freeze wait?", "{fa} and {fb} are on `disk_wq`. When does the last of them "
                .. "end?", "{fb} takes {b} ms, {fa} takes {a} ms, at the same time." },
      why = "`pm` looks again every few milliseconds, so it notices the end of {fb} a little late." }
    run_until(frozen_now)
    task(1, "pm", thaw_system)
    run_idle()
    recap { "Freezing sets the limit of a freezable workqueue to 0 and waits for its active items.",
            "While it lasts a flush of a waiting item does not return.",
            "The pool of an offline CPU keeps its items, and its workers run them elsewhere." }
  end }
