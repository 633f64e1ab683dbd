-- 21-in-the-wild.lua: four subsystems as small runs, and which of them use a workqueue at all.
return lesson {
  title    = "In the wild",
  question = "Which parts of the kernel use workqueues, and for which step?",
  minutes  = 14, needs = { "bottom-halves", "ordered" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R2.1", "R5.23", "R11.2" },
               errata = { "E2.26", "E2.27", "E2.36", "E2.37", "E2.38", "E2.39", "E2.40" },
               checklist = { "L26", "L31" },
               asked = { disk = { "E2.27", "L31" }, journal = { "E2.39" }, rcu = { "E2.26", "L26" }, calls = { "E2.37", "E2.38", "E2.40" } },
               scenarios = {
                 irq_queue = { w0 = "hub_event", to = "again", only = "runs executor order seq" }, pub_recovery_cycle = {},
                 pub_sched_requeue = {}, pub_flood_unbound = {} } },
  params   = function(pick)
    return { blocks = pick(3, 5), commit = pick(4, 6), packets = pick(5, 8), settle = pick(6, 9), late = pick { 0, 2, 3 } }
  end,

  function(p)
    local unwritten = alloc_workqueue("unwritten", WQ_UNBOUND | WQ_MEM_RECLAIM, 0)
    local hub_wq    = alloc_workqueue("usb_hub_wq", WQ_FREEZABLE, 0)
    run_idle()
    ask { "First a question about an earlier lesson. Which of these may sleep?", id = "recall", rule = "R11.6",
      choices = {
        { "a softirq", "It runs in a borrowed context.", id = "softirq" },
        { "a BH work item", "It has the calls of a work item and the context of a softirq.", id = "bh" },
        { "a work item", id = "work" } },
      correct = "work",
      hints = { "Which of them has a thread?", "Two of them run on the stack of the thread that was interrupted.",
                "A worker is a thread of its own." },
      why = "A step that waits for a device, for a lock or for memory needs a thread." }
    say { "Many texts list subsystems that \"use workqueues\". Here are four of them as small runs: a disk, a USB hub, a "
          .. "journal and a network card. Look which step of each is a work item." }

    -- a disk: completion in a softirq; a worker only for the filesystem's slow part
    local convert = work("convert", function() sleep_ms(1) end)
    local done = 0
    open_softirq(BLOCK_SOFTIRQ, function()
      done = done + 1
      printk("block " .. done .. " is complete")
      if done == p.blocks then queue_work(unwritten, convert) end
    end)
    say { "A disk has written {blocks} blocks. It interrupts once for each of them, and each block is then *completed*: the "
          .. "memory that held it is free again. After the last one the file system changes its tables, which may sleep.",
          look = unwritten }
    every(1, p.blocks, function() irq(0, "disk", function() raise_softirq(BLOCK_SOFTIRQ) end) end)
    predict { "The handler raises the softirq BLOCK. In which context are the {blocks} blocks completed?", id = "disk",
      rule = "R11.2",
      choices = {
        { "in a worker of `events_wq`", "There is no workqueue of that name.", id = "worker" },
        { "in a softirq", id = "softirq" },
        { "in the interrupt handler itself", "The handler only raises the softirq.", id = "handler" } },
      answer = function(t)
        local e = t:first(prints("block 1 is complete"))
        if not t:find(event("softirq_entry"):before(e)) then return "handler", e end
        return t:find(event("workqueue_execute_start"):before(e)) and "worker" or "softirq", e
      end,
      hints = { "What does the handler raise?", "BLOCK is one of the ten softirqs. Does completing a block sleep?",
                "It does not sleep, so no thread is needed. It takes time, so the handler leaves it. To what?" },
      why = "Completions run in a softirq. ext4, a file system, has a workqueue for the one step that may sleep: it notes in its "
            .. "tables that the blocks have data now." }
    run_idle()

    -- a hub: every step sleeps
    local hub = work("hub_event", function() sleep_ms(p.settle) printk("device 3 is gone") end)
    say { "A USB device is pulled out of a *hub*, a box with several sockets. The hub interrupts, and the handler queues "
          .. "{hub_event} on `usb_hub_wq`. Its function asks the hub what happened. Each question is a message over the bus and "
          .. "takes milliseconds: {settle} ms in all. The function sleeps meanwhile.", look = hub_wq }
    predict { "The hub interrupts, and interrupts again 1 ms later, while {hub_event} sleeps in its function and waits for an "
              .. "answer. How many runs of {hub_event} will there be in all?", id = "hub", rule = "R2.1",
      choices = {
        { "one: it is running already", "It is running, but not pending: PENDING was cleared before the function was "
          .. "called.",
          id = "one", world = { belief = "pending-until-return" } },
        { "two, one after the other", id = "two" },
        { "two at the same time, on two workers", "An item never runs twice at once. The second run waits for the first.",
          id = "both", world = { belief = "reentrant" } } },
      answer = function(t)
        local second = t:nth(2, returns(queue_work, hub))
        if not second.ret then return "one", second end
        local e = t:nth(2, starts(hub))
        return t:find(ends(hub):before(e.ms)) and "two" or "both", e
      end,
      hints = { "Is the item pending while it runs?", "The second call finds PENDING clear. What does it return?",
                "It returns true, and the item waits until its first run has ended." },
      why = "This is what a hub needs: a second event must be looked at again, because the first look may have been too "
            .. "early." }
    irq(1, "usb", function() queue_work(hub_wq, hub) end)
    run(1)
    irq(1, "usb", function() queue_work(hub_wq, hub) end)
    run_idle()

    -- other times: interrupts at 0, 2 and 4 ms, and perhaps one during the second run
    local function interrupts() irq(1, "usb", function() queue_work(hub_wq, hub) end) end
    local times = p.late == 0 and "0, 2 and 4 ms" or ("0, 2, 4 and %d ms"):format(p.settle + p.late)
    local began = now()
    interrupts()
    after(2, interrupts)
    after(4, interrupts)
    if p.late > 0 then after(p.settle + p.late, interrupts) end
    after(4 * p.settle, function() task(0, "app", function() printk("the hub is quiet") end) end)
    predict { "Other numbers: the hub interrupts at " .. times .. ". Each run of {hub_event} takes {settle} ms. How many runs are "
              .. "there in all?", id = "again", rule = "R2.1", number = "runs", within = 0,
      answer = function(t)
        local quiet = t:first(prints "the hub is quiet")
        return t:count(starts(hub):after(began):before(quiet)), quiet
      end,
      wrong = {
        { function(_, v) return v == 1 end, "The interrupt at 2 ms found the item running, and not pending: it asks for a "
          .. "second run." },
        { function(_, v) return v > 3 or p.late == 0 and v == 3 end, "The interrupt at 4 ms found the item pending already: "
          .. "the interrupts at 2 and at 4 ms share one run." },
        { function() return true end, "Count the interrupts that find PENDING clear. Each of them asks for a run." } },
      hints = { "Which of the interrupts find the item pending?", "The first run lasts until {settle} ms. Which interrupt asks for "
                .. "a run after that one?",
                "At 0 ms: run 1. At 2 ms: PENDING is clear, so run 2 is asked for. At 4 ms: PENDING is set. Go on." },
      why = "Each interrupt that finds PENDING clear asks for one run." }
    run_until(prints "the hub is quiet")

    -- a journal: a thread of its own
    local jbd2 = completion("commit")
    local committed = completion("committed")
    task(0, "jbd2/sda1", function()
      wait_for_completion(jbd2)
      sleep_ms(p.commit)
      complete(committed)
    end)
    say { "A *journal* is a file system's list of its changes. A program calls `fsync()`: the journal has to be *committed*, "
          .. "written to the disk completely, which takes {commit} ms. `ps` has shown the thread `jbd2/sda1` since the file "
          .. "system of the disk `sda1` was mounted." }
    predict { "`fsync()` waits until the journal is committed. Which thread commits it?", id = "journal",
      choices = {
        { "a kworker, as `ps` shows them all the time", "ext4 uses a workqueue for other things. The commit is done by a "
          .. "thread of its own.", id = "kworker" },
        { "`jbd2/sda1`", id = "jbd2" },
        { "the program that calls `fsync()`", "It waits. Another program's `fsync()` may be in the same commit.",
          id = "caller" } },
      answer = function(t) local e = t:first(returns(complete):by("jbd2/sda1")) return "jbd2", e end,
      hints = { "Which thread waits for something to commit?", "A commit has an order, and it must go on when memory is "
                .. "short.",
                "A thread of its own has both: nothing is queued before it, and no worker has to be created." },
      why = "A thread of its own is right for one long-lived task that is always the same. A workqueue is right for many "
            .. "short ones." }
    task(1, "app", function() complete(jbd2) wait_for_completion(committed) end)
    run_idle()
    ask { "A programmer moves the commit into a work item on `system_wq`, to save a thread. What would break?", id = "break",
      rule = "R7.1",
      choices = {
        { "nothing: a work item may sleep as long as it has to", "It may. But it needs a worker, and a worker may have to be "
          .. "created.", id = "nothing" },
        { "when memory is short, a commit could wait for ever", id = "memory" },
        { "two commits could run at the same time", "An item never runs twice at the same time.", id = "twice" } },
      correct = "memory",
      hints = { "What does an item need before it can run?", "A new worker needs memory. Which memory can be freed, while changes "
                .. "are not written yet?",
                "No new worker without memory, and no free memory without a commit. What has to come first?" },
      why = "`system_wq` has no rescuer. A commit is needed to free memory, so it must not need memory itself: it has a thread, or "
            .. "a workqueue with WQ_MEM_RECLAIM." }

    -- a network card: polling in a softirq
    local got = 0
    open_softirq(NET_RX_SOFTIRQ, function()
      local n = 0
      while n < 64 and got < p.packets do
        udelay(50)
        got, n = got + 1, n + 1
      end
      printk(n .. " packets in one poll")
    end)
    say { "The network card interrupts. Its handler switches the card's interrupts off and raises NET_RX. This softirq *polls* "
          .. "the card: it takes all packets that are there, {packets} of them. The method is called *NAPI*." }
    irq(0, "eth", function() raise_softirq(NET_RX_SOFTIRQ) end)
    local asked = now()
    predict { "How many work items does NAPI queue for the {packets} packets?", id = "napi",
      choices = {
        { "one for each packet", "That would be a queueing and a wake-up for each packet.", id = "each" },
        { "one, which `napi_schedule()` queues with `schedule_work()`", "It raises a softirq. With threaded NAPI a "
          .. "thread of the card is woken instead.", id = "one" },
        { "none", id = "none" } },
      answer = function(t)
        local e = t:first(prints "packets in one poll")
        local n = t:count(event("workqueue_queue_work"):after(asked):before(e.ms))
        return n == 0 and "none" or n == 1 and "one" or "each", e
      end,
      hints = { "Which softirq does the handler raise?", "Does taking packets from a ring sleep?",
                "It does not sleep, and it should start at once. Which context is that?" },
      why = "NAPI polls in the softirq NET_RX, or in a thread of its own. It uses no workqueue." }
    run_idle()

    ask { "Completing blocks, asking the hub, committing the journal, polling packets: which of the steps that you saw are work "
          .. "items?", id = "which",
      choices = {
        { "all four", "Two of them run in softirqs, one in a thread of its own.", id = "all" },
        { "the hub's questions, and the file system's change of its tables", id = "two" },
        { "the completion of blocks and the journal", "Blocks are completed in a softirq, the journal has a thread.",
          id = "disk" },
        { "none: modern drivers use threads", "`usb_hub_wq` and many others do their sleeping steps in work items.",
          id = "none" } },
      correct = "two",
      hints = { "Look at the events: which functions were called by a kworker?", "Completing blocks and "
                .. "polling packets do not sleep. The journal has a thread.",
                "The disk's scene had a second step: the file system's tables. It sleeps. Which other step sleeps?" },
      why = "Short and without sleeping: a softirq. One task for ever: a thread. Steps that sleep, now and then: a work "
            .. "item." }
    ask { "Three calls that texts name as users of workqueues are `blk_finish_plug()`, `dev_pm_qos_update_request()` and "
              .. "`usb_unlink_urb()`. Which of them queues a work item?",
      id = "calls",
      choices = {
        { "all of them: each defers its slow part", "The first submits requests, the second works at once, the third "
          .. "asks the host controller.", id = "all" },
        { "`usb_unlink_urb()` alone", "It asks the host controller to give the request back, and returns. The hub's "
          .. "*events* are work items.", id = "urb" },
        { "none of them", id = "none" } },
      correct = "none",
      hints = { "Does `blk_finish_plug()` belong to the submission of requests or to their completion?",
                "The caller of `dev_pm_qos_update_request()` wants the new limit to hold when the call returns.",
                "Two of them do their work before they return, and the third leaves it to the device. What is left for a "
                .. "worker?" },
      why = "Their subsystems have workqueues, `kblockd`, `pm_wq` and `usb_hub_wq`, but for other steps." }
    ask { "`ps` on your computer shows a thread `kworker/R-rcu_gp`. What is it?", id = "rcu", rule = "R7.1",
      choices = {
        { "the thread that ends grace periods", "That one is called `rcu_preempt` or `rcu_sched`.", id = "gp" },
        { "the rescuer of the workqueue `rcu_gp`", id = "rescuer" },
        { "a worker that runs RCU's callbacks all the time", "Callbacks run in a softirq or in threads of RCU. This "
          .. "thread sleeps until memory is short.", id = "callbacks" } },
      correct = "rescuer",
      hints = { "What does the `R` in a worker's name stand for?", "Which workqueues have such a thread?",
                "In the lesson about memory the workqueue `safe` had the thread `kworker/R-safe`, which ran its items when no "
                .. "worker could be made. Read the name of this thread in the same way." },
      why = "Its workqueue was made with WQ_MEM_RECLAIM, because freeing memory may wait for its items." }
    recap { "Blocks and packets: softirqs. The journal: a thread. Hubs and slow changes: work items.",
            "A work item is for a step that sleeps and comes now and then." }
  end }
