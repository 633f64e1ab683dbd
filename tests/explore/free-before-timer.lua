-- free-before-timer.lua: the timer of an object fires at 7 ms, the object is freed at 8 ms; jitter can reverse them.
return lesson {
  title    = "Free before the timer",
  question = "Does the delayed work still find its object?",
  minutes  = 1,
  machine  = { cpus = 2 },

  function()
    local obj = object("dev", { n = 1 })
    local poll = delayed_work("poll", function() obj.n = obj.n + 1 end)
    task(0, "arm", function() queue_delayed_work(system_wq, poll, 6) end)
    task(1, "remove", function() burn(8) kfree(obj) end)
    run(30)
    recap "A delayed item has to be cancelled before its object goes."
  end }
