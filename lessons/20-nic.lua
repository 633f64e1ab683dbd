-- 20-nic.lua: a slow link event, and the effect of each change by itself.
return lesson {
  title    = "A network driver, measured",
  question = "A link event is slow. Which change helps, and which ones only sound good?",
  minutes  = 15, needs = { "pools-and-names", "one-runnable", "unbound" },
  machine  = { cpus = 2 },
  covers   = { rules = { "R4.1", "R5.3", "R3.13" }, errata = { "E2.54", "E2.56", "E2.59", "E2.60", "E2.65" },
               checklist = { "L42" },
               scenarios = {
                 percpu_serial = { w0 = "stats1", w1 = "stats2", w2 = "stats3", only = "executor" },
                 queue_on = {}, highpri = {} } },
  params   = function(pick)
    local hold = pick(25, 28) / 10
    return { hold = hold, cards = 4, offset = hold - pick(3, 4) / 10 }
  end,

  function(p)
    -- four cards; each has an item that reads its counters and one that handles a link event
    local global = mutex("global")
    local own    = alloc_workqueue("own", 0, 0)
    local high   = alloc_workqueue("high", WQ_HIGHPRI, 0)
    local lock, stats, link = {}, {}, {}
    local how = {}                             -- the change that is measured now
    local function lock_of(i) return how.locks and lock[i] or global end
    local function read_counters(i)
      mutex_lock(lock_of(i))
      if how.compute then burn(p.hold) else sleep_ms(p.hold) end
      mutex_unlock(lock_of(i))
    end
    for i = 1, p.cards do
      lock[i]  = mutex("lock" .. i)
      stats[i] = work("stats" .. i, function() read_counters(i) end)
      link[i]  = work("link" .. i, function() mutex_lock(lock_of(i)) burn(0.2) mutex_unlock(lock_of(i)) end)
    end
    local function send(item)
      if how.cpu then queue_work_on(how.cpu, how.wq, item) else queue_work(how.wq, item) end
    end
    local pending, most, used = 0, 0, 0
    when(event("workqueue_queue_work"), function() pending = pending + 1 if pending > most then most = pending end end)
    when(event("workqueue_execute_start"), function() pending = pending - 1 end)
    when(event("burn_end"), function(e) used = used + e.length end)

    -- three link events of card 4, each a little after all counters are read; mean time until handled.
    -- @question is asked when card 4 interrupts for the first time.
    local latency, share, waiting = {}, {}, {}
    local function measure(name, change, question)
      local sum, began = 0, now()
      how = change
      how.wq = how.wq or system_wq
      most, used = 0, 0
      for round = -1, 1 do
        irq(0, "timer", function() for i = 1, p.cards do queue_work(how.shared or how.wq, stats[i]) end end)
        run(p.offset + 0.2 * round)
        local asked = now()
        irq(0, "card4", function() send(link[4]) end)
        if question and round == -1 then question() end
        sum = sum + run_until(ends(link[4])).ms - asked
        run_idle()
      end
      latency[name], waiting[name] = sum / 3, most
      share[name] = 100 * used / (now() - began)
    end
    -- the same mean from the trace: measurement number @k
    local function mean(t, k)
      local sum = 0
      for i = 3 * k - 2, 3 * k do sum = sum + t:nth(i, ends(link[4])).ms - t:nth(i, queues(link[4])).ms end
      return sum / 3
    end
    local function best(t, first, names)
      local name, least = nil, 1000
      for i, word in ipairs(names) do
        local ms = mean(t, first + i - 1)
        if ms < least then name, least = word, ms end
      end
      return name, t:nth(3 * (first + #names - 1), ends(link[4]))
    end
    local function row(name, text)
      return ("%-24s %5.1f ms   CPU %3.0f %%   %3d pending"):format(text, latency[name], share[name], waiting[name])
    end
    local function ms(name) return ("%.1f ms"):format(latency[name]) end

    ask { "First a question about an earlier lesson. A driver gets its own workqueue from `alloc_workqueue(\"own\", 0, 0)`. Which "
          .. "workers run its items?", id = "recall", rule = "R3.1",
      choices = {
        { "workers of its own, made with it", "A workqueue owns no workers, except for a rescuer.", id = "own" },
        { "those of the CPU's pool, as for `system_wq`", id = "shared" },
        { "those of `system_wq`, until it gets its own under load", "Workers belong to pools, and the pool is the same.",
          id = "load" } },
      correct = "shared",
      hints = { "Which things own workers?", "Flags 0 means per-CPU and normal priority. Which pool is that?",
                "Each CPU has one pool for normal per-CPU items. All per-CPU workqueues without flags use it." },
      why = "A workqueue is a name with limits. The pool does the work." }
    say { "A well-known article speeds up a network driver. A card interrupts when its cable is pulled out or plugged in: a *link "
          .. "event*. The *latency*, from that interrupt to the end of the item which handles it, falls from 9.8 to 1.2 ms. The "
          .. "article makes four changes *at once*: a workqueue of its own, WQ_HIGHPRI, another CPU, and a lock for each card. We "
          .. "make them one by one." }
    say { "Four cards share `system_wq` and the *mutex* `global`, a lock: one thread has it at a time, and the others sleep until it "
          .. "is their turn. A timer queues {stats1} to {stats4}, which read the counters of the cards. Each takes the mutex, sleeps "
          .. "for {hold} ms while the slow bus answers, and gives the mutex back.",
          look = { stats[1], stats[4] } }
    local function ask_base()
      predict { "{stats1} has the mutex; {stats2}, {stats3} and {stats4} wait for it. Card 4 interrupts, and its handler queues "
                .. "{link4}, which needs the mutex for 0.2 ms. How long does it take until {link4} has ended?", id = "base",
        rule = "R4.6",
        choices = {
          { "0.2 ms: the others sleep, so a worker is woken at once", "The worker starts at once, and sleeps at once: the mutex "
            .. "is held, and three others wait for it already.", id = "own" },
          { "until {stats1} gives the mutex back, and 0.2 ms", "Mutexes are given in the order of asking. {stats2}, {stats3} and "
            .. "{stats4} have asked before.", id = "one" },
          { "until all four have had the mutex, and 0.2 ms", id = "all" } },
        answer = function(t)
          local done = t:first(ends(link[4]))
          local n = 0
          for i = 1, p.cards do n = n + t:count(ends(stats[i]):before(done.ms)) end
          return n == p.cards and "all" or n > 0 and "one" or "own", done
        end,
        hints = { "When {link4} is queued, how many items have started?", "All four have: each slept, so the pool started the next. "
                  .. "What do three of them wait for?",
                  "One holds the mutex, three wait for it in a row, and {link4} is the fourth to wait." },
        why = "The items do not wait for workers. They wait for a mutex, and no workqueue flag changes that." }
    end
    measure("base", {}, ask_base)
    say { "Measured, as the mean of three link events: the latency, the CPU's share of the time, and how many items were pending "
          .. "at most.\n" .. row("base", "system_wq, one mutex") }

    predict { "Now each change alone. Which of the four makes the link event faster by far?", id = "most", rule = "R4.6",
      choices = {
        { "a workqueue of its own", "Its items run in the same pool, and they wait for the same mutex.", id = "own" },
        { "a workqueue with WQ_HIGHPRI", "{link4} starts in another pool, a few microseconds earlier. Then it waits for the "
          .. "mutex as before.", id = "high" },
        { "another CPU: `queue_work_on(1, ...)`", "CPU 0 was idle too. A mutex is the same on every CPU.", id = "cpu" },
        { "a mutex for each card", id = "locks" } },
      answer = function(t)
        return best(t, 2, { "own", "high", "cpu", "locks" })
      end,
      hints = { "Where does {link4} spend its time: before its function starts, or inside of it?",
                "It starts within a few microseconds. Inside it sleeps. What wakes it?",
                "It is woken when it gets the mutex. Which change makes the row of waiters shorter?" },
      why = "Find out first where an item waits: for a worker, for a CPU, or for something inside its function." }
    measure("own", { wq = own })
    measure("high", { wq = high, shared = system_wq })
    measure("cpu", { cpu = 1 })
    measure("locks", { locks = true })
    say { "Each change alone:\n" .. row("base", "nothing changed") .. "\n" .. row("own", "own workqueue") .. "\n"
          .. row("high", "WQ_HIGHPRI") .. "\n" .. row("cpu", "queue_work_on(1)") .. "\n" .. row("locks", "a mutex for each card") }
    measure("all", { wq = high, shared = own, cpu = 1, locks = true })
    expect(latency.base > 8 * latency.locks and latency.base > 8 * latency.all, "the link event gets eight times faster")
    say { "All four together, beside the article:\n" .. row("base", "nothing changed") .. "\n" .. row("all", "all four changes")
          .. "\n" .. ("%-24s %5.1f ms   CPU %3.0f %%   %3d pending"):format("the article, before", 9.8, 35, 180)
          .. "\n" .. ("%-24s %5.1f ms   CPU %3.0f %%   %3d pending"):format("the article, after", 1.2, 5, 12) }
    say { "The latency falls more than in the article, because the mutex is the only wait here. The CPU's share *rises*: the items "
          .. "do the same work in less time, and none of the four changes takes work away. The article gives no reason for the "
          .. "fall of its own. Four items are pending at most, because there are only five; the article counts a whole machine." }
    ask { "The latency was " .. ms("base") .. ". A workqueue of its own: " .. ms("own") .. ". WQ_HIGHPRI: " .. ms("high")
          .. ". `queue_work_on(1)`: " .. ms("cpu") .. ". A mutex for each card: " .. ms("locks") .. ". All four: " .. ms("all")
          .. ". Which of the four had an effect?", id = "nothing", rule = "R4.1",
      choices = {
        { "all four: together they are faster than each alone", "Compare the last table with the row of the mutexes alone: the "
          .. "others add nothing.", id = "all" },
        { "the mutexes and WQ_HIGHPRI", "WQ_HIGHPRI alone left the time as it was.", id = "high" },
        { "the mutexes alone", id = "locks" } },
      correct = "locks",
      hints = { "Compare each change alone with the first number.", "Which changes alone leave the latency as it was?",
                "Three changes alone leave it as it was. What do they add to the fourth, when all four are made?" },
      why = "A change that is made together with three others looks as good as the best of them." }

    -- the same changes where items compute
    say { "Another driver: its items {stats1} to {stats4} do not sleep. They *compute* for {hold} ms each, with one mutex for all, as "
          .. "at first.", look = { stats[4], link[4] } }
    local function ask_transfer()
      predict { "{stats1} computes and has the mutex; the others wait on the worklist. Card 4 interrupts, and {link4} is queued. We "
                .. "measure again. Which change helps most now?", id = "transfer", rule = "R4.1",
        choices = {
          { "a workqueue of its own", "The same pool, with one worker running at a time: {link4} is behind four items that compute.",
            id = "own2" },
          { "WQ_HIGHPRI: another pool of the same CPU", id = "high2" },
          { "a mutex for each card", "The mutex is free whenever an item of the pool starts: they run one after the other. "
            .. "{link4} waits for its turn in the pool.", id = "locks2" } },
        answer = function(t)
          return best(t, 8, { "own2", "locks2", "high2" })
        end,
        hints = { "Where does {link4} wait now: before its function starts, or inside?",
                  "The pool of CPU 0 keeps one worker running. {link4} is the fifth on its worklist.",
                  "It must get past the worklist. Which of the changes gives it another list?" },
        why = "Here the wait is for a turn in the pool, and another pool ends it. The same change did nothing before: measure, "
              .. "then change." }
    end
    measure("base2", { compute = true }, ask_transfer)
    measure("own2", { compute = true, wq = own })
    measure("locks2", { compute = true, locks = true })
    measure("high2", { compute = true, wq = high, shared = system_wq })
    say { "Measured:\n" .. row("base2", "nothing changed") .. "\n" .. row("own2", "own workqueue") .. "\n"
          .. row("locks2", "a mutex for each card") .. "\n" .. row("high2", "WQ_HIGHPRI") }

    ask { "The article also takes `workers[0]` of its workqueue and gives it a real-time priority with `sched_setscheduler()`. "
          .. "What would that do, if it could be compiled?", id = "break", rule = "R3.1",
      choices = {
        { "the items of the driver would become real-time", "A workqueue has no workers, so there is no such array.", id = "rt" },
        { "a worker of the pool would, with whatever item it runs next, of any driver", id = "any" },
        { "nothing: kworkers ignore priorities", "A worker is a thread like others: the scheduler would obey.", id = "ignored" } },
      correct = "any",
      hints = { "Which thing owns a worker?", "A pool gives an item to the worker that is first on its idle list.",
                "The next item of that worker may be a block driver's, and it would keep all normal threads from the CPU." },
      why = "Workers are shared, and they come and go. Code that needs a real-time thread has its own: a threaded handler, or a "
            .. "`kthread_worker`." }
    recap { "Ask first where an item waits: for a worker, for the CPU, or inside its function.",
            "A mutex for each card ended a wait inside the function. The own workqueue, WQ_HIGHPRI and the other CPU did nothing "
            .. "for it.",
            "A workqueue of its own gives no workers of its own.",
            "Change one thing at a time, and measure." }
  end }
