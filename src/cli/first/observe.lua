-- Questions about a run that has happened.
return exercise {
  kind     = "observe", title = "%s", points = 4, minutes = 5,
  question = "Which worker ran which item?",
  machine  = { cpus = 1 },
  story    = [[ Two items are queued on CPU 0 at once, and the first one sleeps. Look at the run, then answer. ]],
  params   = function(pick) return { work = pick(4, 6), rest = pick(7, 9) } end,

  scene = function(p)
    local first = work("first", function() burn(p.work) sleep_ms(p.rest) burn(1) end)
    local second = work("second", function() burn(p.work) end)
    irq(0, "card", function() queue_work(system_wq, first) queue_work(system_wq, second) end)
    run_idle()
    ask { "Which worker called the function of {second}?", id = "who", pick = "worker", accept = starts(second),
      hints = { "Go to the event at which {second} starts: which thread does it name?" },
      why = "{first} slept, so the pool woke another worker for {second}." }
    ask { "Why did {second} start before {first} had ended?", id = "why",
      choices = {
        { "{first} went to sleep, and no other worker of the pool was running", id = "sleep" },
        { "the pool runs two items at a time", "While {first} computed, {second} waited.", id = "two" } },
      correct = "sleep",
      hints = { "Step to the event before the start of {second}." },
      why = "A pool keeps one worker running on its CPU as long as there is work." }
  end }
