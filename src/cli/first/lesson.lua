-- An item that is queued twice.
return lesson {
  title    = "%s",
  question = "How many times does an item run that is queued twice?",
  minutes  = 5,
  machine  = { cpus = 1 },
  params   = function(pick) return { work = pick(2, 5) } end,

  function(p)
    -- the scene: things with names, and the code that acts on them
    local job = work("job", function() burn(p.work) end)
    say { "A card interrupts CPU 0. Its handler queues {job}, which works for {work} ms.", look = job }
    irq(0, "card", function() queue_work(system_wq, job) queue_work(system_wq, job) end)

    -- a prediction: asked before the run that decides it, answered from the trace
    predict { "The handler calls `queue_work()` twice in a row. How many times does {job} run?", id = "runs",
      choices = {
        { "once", id = "once" },
        { "twice", "The second call returned false: {job} was pending already.", id = "twice" } },
      answer = function(t)
        local second = t:nth(2, returns(queue_work, job))
        return second.ret and "twice" or "once", second
      end,
      hints = { "What does the second call find?",
                "Look at {job} after the first call: its PENDING bit is set.",
                "A call that finds PENDING set changes nothing. How many calls asked for a run?" },
      why = "An item has one PENDING bit. The first call set it, and the second call found it set." }
    run_idle()

    recap { "`queue_work()` asks for a run. An item that is pending already is not queued again." }
  end }
