-- Predictions about an item that is queued while it runs.
return exercise {
  kind     = "predict", title = "%s", points = 4, minutes = 5,
  question = "What happens to a queueing during a run?",
  machine  = { cpus = 1 },
  story    = [[ A card interrupts CPU 0 twice. Its handler queues one item. Commit your prediction before the machine goes on: it counts for being
                made, not for being right. ]],
  params   = function(pick) return { work = pick(4, 6), rest = pick(7, 9) } end,

  scene = function(p)
    local job = work("job", function() burn(p.work) sleep_ms(p.rest) end)
    irq(0, "card", function() queue_work(system_wq, job) end)
    run_until(sleeps(job))
    irq(0, "card", function() queue_work(system_wq, job) end)
    predict { "{job} sleeps in its function, and the card interrupts again. When does {job} run next?", id = "next",
      choices = {
        { "at once, in another worker", "One item never runs in two workers at the same time.", id = "now" },
        { "when the first run has ended", id = "after" },
        { "never: it was running already", "PENDING was clear: the function had begun.", id = "never" } },
      answer = function(t)
        local second = t:nth(2, starts(job))
        return second.ms >= t:first(ends(job)).ms and "after" or "now", second
      end,
      hints = { "May a second worker enter the function while the first one is inside?" },
      why = "The second queueing succeeds, and its run waits for the end of the first." }
    run_idle()
  end }
