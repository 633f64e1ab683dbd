-- 09-by-hand: a timeline of three items on one CPU, drawn with pencil and paper before the run.
return exercise {
  kind    = "predict", title = "By hand", points = 6, minutes = 12,
  question = "Three items work and sleep on one CPU: when does each one end?",
  needs   = { "one-runnable" }, covers = { rules = { "R4.3", "R4.6", "R4.7" }, errata = { "E1.19" } },
  machine = { cpus = 1 },
  story   = [[ An interrupt at 0 ms queues `a`, `b` and `c` on one workqueue of CPU 0, in this order.

               `a` burns {a1} ms, sleeps {a2} ms, burns {a3} ms.

               `b` burns {b1} ms, then sleeps {b2} ms.

               `c` burns {c1} ms, then sleeps {c2} ms. ]],
  params  = function(pick)
    local a1, b1, c1 = pick.distinct(3, 3, 6)
    local gap, a3 = pick(1, 2), pick(2, 3)
    local b2 = c1 + gap + a3 + pick(1, 3)		-- b wakes after a has ended, c after b
    return { a1 = a1, a2 = b1 + c1 + gap, a3 = a3, b1 = b1, b2 = b2, c1 = c1, c2 = b2 - c1 + pick(2, 4) }
  end,

  scene = function(p)
    local jobs = alloc_workqueue("jobs", 0, 0)
    local a = work("a", function() burn(p.a1) sleep_ms(p.a2) burn(p.a3) end)
    local b = work("b", function() burn(p.b1) sleep_ms(p.b2) end)
    local c = work("c", function() burn(p.c1) sleep_ms(p.c2) end)
    irq(0, "disk", function() queue_work(jobs, a) queue_work(jobs, b) queue_work(jobs, c) end)

    local function end_of(item)
      return function(t) local e = t:first(ends(item)) return e.ms, e end
    end
    local numbers = "All in ms: {a} burns {a1}, sleeps {a2}, burns {a3} · {b} burns {b1}, sleeps {b2} · {c} burns {c1}, sleeps {c2}. "
    local why = "A sleeper leaves the CPU to the next item: the pool keeps one worker runnable, not one item at a time."
    local a_alone, all_burns = p.a1 + p.a2 + p.a3, p.a1 + p.b1 + p.c1
    predict { numbers .. "At which time does {a} end?", id = "end-a", short = "At which time does {a} end?", number = "ms", within = 0.5,
      answer = end_of(a), why = why,
      wrong = { { function(_, v) return v > a_alone + 1 end, "{a} found the CPU free when it woke: the bursts of {b} and {c} fit into its sleep." },
                { function(_, v) return v < a_alone - 1 end, "{a} alone takes longer than that: add its two bursts and its sleep." } },
      hints = { "Draw the CPU as a line. At which time does {a} leave it for the first time?",
                "While {a} sleeps, {b} and then {c} have the CPU. Do they still have it when {a} wakes?",
                "{a} wakes at {a1} + {a2} ms." } }
    predict { numbers .. "At which time does {b} end?", id = "end-b", short = "At which time does {b} end?", number = "ms", within = 0.5,
      answer = end_of(b), why = why,
      wrong = { { function(_, v) return near(v, a_alone + p.b1 + p.b2, 1) end, "{b} does not wait until {a} has ended: {a} slept, so a second worker took {b}." },
                { function(_, v) return near(v, p.b1 + p.b2, 1) end, "{b} begins when {a} goes to sleep, not at 0 ms: the pool wants one runnable worker." } },
      hints = { "When does {b} begin? What must happen to {a} before?", "It begins at {a1} ms, burns {b1} ms, and sleeps {b2} ms." } }
    predict { numbers .. "At which time does {c} end?", id = "end-c", short = "At which time does {c} end?", number = "ms", within = 0.5,
      answer = end_of(c), why = why,
      wrong = { { function(_, v) return v > all_burns + p.c2 + 2 end, "{c} begins as soon as {b} goes to sleep. It does not wait for an end." },
                { function(_, v) return v < all_burns + p.c2 - 2 end, "{c} begins when both {a} and {b} have slept: before that one of them has the CPU." } },
      hints = { "{c} begins when {b} goes to sleep.", "That is at {a1} + {b1} ms. Then it burns {c1} ms and sleeps {c2} ms." } }
    run_idle()
    show "timeline"
  end,
  why = "Add the bursts up to an item's own sleep, then its sleep. The sleeps of the others cost it nothing." }
