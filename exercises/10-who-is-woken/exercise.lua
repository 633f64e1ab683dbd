-- 10-who-is-woken: the idle list of a pool is a stack: the worker that went idle last is woken first.
return exercise {
  kind    = "predict", title = "Who is woken?", points = 6, minutes = 8,
  question = "Several workers are idle. Which one does the pool wake?",
  needs   = { "one-runnable" }, covers = { rules = { "R3.10", "R4.3" } },
  machine = { cpus = 1 },
  story   = [[ The pool of CPU 0 runs three items that sleep for {d1}, {d2} and {d3} ms, each in a worker of its own. Then all its
               workers are idle. Watch the order in which they go idle; at the questions `[` and Left go back to it. ]],
  params  = function(pick)
    local d = pick.shuffle { 4, 8, 12 }
    return { d1 = d[1], d2 = d[2], d3 = d[3], late = pick(2, 3) }
  end,

  scene = function(p)
    local jobs = alloc_workqueue("jobs", 0, 0)
    local sleepers = {}
    for i, ms in ipairs { p.d1, p.d2, p.d3 } do
      sleepers[i] = work("read" .. i, function() sleep_ms(ms) end)
    end
    local x = work("x", function() burn(2) sleep_ms(3) burn(1) end)
    local y = work("y", function() burn(2) sleep_ms(6) end)
    local z = work("z", function() burn(1) end)
    irq(0, "disk", function() for _, w in ipairs(sleepers) do queue_work(jobs, w) end end)
    run_until(ends(sleepers[1]) + ends(sleepers[2]) + ends(sleepers[3]))
    run(20)
    local function other_device()		-- so that the sentence above the machine is not about the worker at the head
      irq(0, "uart", function() burn(0.02) end)
      run(0.1)
    end
    other_device()

    local goes_idle = event("worker_enter_idle")
    local function slept(t, nth) return t:nth(nth, goes_idle:after(3)).worker end	-- by the end of its first item: 1, 2, 3
    local function reserve(t) return t:last(goes_idle:before(3)).worker end		-- the one that the pool made last

    -- no card before it: a card shows the order of the idle list, a question does not
    local first = predict { "All items are done. Now the disk interrupts again: the handler queues {x} and {y}. Which worker does the "
                            .. "pool wake for {x}?", id = "first", pick = "worker", among = pool(0), accept = starts(x),
      hints = { "The idle list is a stack.", "The worker that went idle last is on top of it.",
                "Go back with `[` and find the last event with the words 'goes idle'." },
      wrong = { { function(t, v) return v == reserve(t) end,
                  "It has been idle longest. In a queue its turn would come first; in a stack it comes last." },
                { function(t, v) return v == slept(t, 1) end,
                  "Of the three it went idle first. In a queue it would be woken before the others; here two others lie on top of it." },
                { function(t, v) return v == slept(t, 2) end, "One worker went idle after it, and lies on top of it." } },
      why = "A worker goes idle at the head of the list, and the head is woken: its stack and data are still in the cache." }
    irq(0, "disk", function() queue_work(jobs, x) queue_work(jobs, y) end)
    run_until(starts(x))
    local second = predict { "{x} will sleep while {y} waits. Which worker runs {y}?", id = "second", pick = "worker", among = pool(0), accept = starts(y),
      hints = { "The first one is inside {x}. Who is at the head of the list now?" },
      wrong = { { starts(x), "It sleeps inside {x}: a worker has one item at a time." },
                { function(t, v) return v == reserve(t) end,
                  "A pool keeps it in reserve, but not for workers that sleep: it lies at the bottom, and is woken last." },
                { function(t, v) return v == slept(t, 1) end, "Another one that is idle too went idle after it, and lies on top of it." } },
      why = "The next one from the top of the stack." }
    run_until(ends(x))
    run(p.late / 10)
    other_device()
    predict { "{x} is done, {y} still sleeps. The disk queues {z}. Which worker runs {z}?", id = "third", pick = "worker", among = pool(0),
      accept = starts(z),
      hints = { "Which worker has gone idle since?", "The worker of {x} has just gone idle: it is on top again." },
      wrong = { { starts(y), "It sleeps inside {y}." },
                { function(t, v) return v == slept(t, 1) end,
                  "It would be next if the pool went on down the list. But the worker of {x} is back, and lies on top of it." },
                { function(t, v) return v == reserve(t) end, "It still lies at the bottom: workers do not take turns." } },
      why = "It went idle last, so it is first again. The workers at the bottom sleep for minutes, and can be ended." }
    irq(0, "disk", function() queue_work(jobs, z) end)
    run_idle()
    if not first.right or not second.right then look(pool(0)) end
  end,
  why = "Last in, first out: a pool works with as few of its workers as it can, and the others become old enough to be ended." }
