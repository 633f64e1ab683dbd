-- 00-first-minute.lua: one CPU, one interrupt, one run; then two interrupts, and still one run.
return lesson {
  title    = "The first minute",
  question = "A device interrupts. Who does the slow part of the work, and how many times?",
  minutes  = 2,
  machine  = { cpus = 1 },
  covers   = { rules = { "R2.1", "R2.2" } },

  function()
    local rang  = false
    local reset = work("reset", function() burn(2) end)
    local line  = irq_line(0, "nic", function()
      rang = true
      queue_work(system_wq, reset)
    end)

    say { "This machine has one CPU and a network card. The slow half of what the card "
          .. "needs is a *work item* named {reset}: a request to call one function later.\n"
          .. "Press `i` to make the network card interrupt, then Enter. (Enter alone makes "
          .. "it interrupt too.)",
          look = cpu(0), press = true }
    run(0.002)   -- long enough for a handler, too short for a worker
    if not rang then raise(line) end
    run_until(starts(reset))
    say { "The card's *handler* took a few microseconds: it put {reset} on a list and "
          .. "returned. Now a *worker*, a thread of the kernel, calls the item's function.",
          look = reset }
    run_until(ends(reset))
    run_idle()

    -- the second interrupt falls before a worker can have taken the item
    local before = now()
    raise(line)
    after(0.002, function() raise(line) end)
    predict { "The card interrupts twice, 2 microseconds apart. Both times its handler "
              .. "calls `queue_work(system_wq, reset)`. How many times does {reset} run?",
      id = "twice", rule = "R2.1",
      choices = {
        { "twice, one run after the other",
          "The second call found {reset} still waiting for its run, so it changed nothing.", id = "two",
          world = { belief = "count-calls" } },
        { "once", id = "one" },
        { "twice at the same time, on two workers",
          "Two workers never run one item at the same time. Here it was not even queued twice.",
          id = "both" } },
      answer = function(t)
        local second = t:nth(2, returns(queue_work, reset):after(before))
        return second.ret and "two" or "one", second
      end,
      hints = { "What does the first call leave behind for the second one to find?",
                "An item that waits for its run is marked with a bit called PENDING.",
                "The first call sets PENDING. The second finds it set, and no worker has taken "
                .. "the item in between. So how many runs are to come?" },
      why = "The first call set PENDING. The second found it set and left the item alone. "
            .. "*One item, one run to come.*" }
    run_idle()

    say { "This is where the second call found PENDING set. Press `,` to step back and `.` to "
          .. "go forward: you can always go back and look. Enter finishes.",
          look = reset, at = event("pending_busy") }
    recap { "A handler only hands over the slow half. A worker thread runs it.",
            "Queueing an item that already waits for its run changes nothing: it runs once." }
  end }
