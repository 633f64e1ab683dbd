-- A driver whose remove() frees the device too early.
-- The student edits driver.lua; starter/, solution/ and wrong/ hold versions of it.
return exercise {
  kind     = "repair", title = "%s", points = 10, minutes = 10,
  question = "What must remove() wait for before it frees the device?",
  machine  = { cpus = 2 },
  files    = { "driver.lua" },
  story    = [[ The card `ethx` interrupts, and its handler queues a work item that reads the device. `rmmod ethx` sometimes crashes.

                Repair `remove()`. ]],
  params   = function(pick) return { work = pick(2, 5), unload = pick(20, 30) } end,

  -- the scene: events around the student's file
  scene = function(p, student)
    local line = irq_line(0, "ethx")
    local ethx = insmod("ethx", student.driver, { work = p.work, line = line })
    every(p.work + 1, 10, function() raise(line) end)
    at(p.unload, function() task(1, "rmmod", function() rmmod(ethx) end) end)
    run(p.unload + 60)
  end,

  -- a check asks the trace of its runs; one that lists schedules has to hold in all of them
  checks = {
    { "the device is read after interrupts", points = 2,
      test = function(t, p)
        local count = t:count(starts("ethx_read"))
        return count >= 3, { count = count }
      end,
      feedback = "`ethx_read` ran {count} times, and at least 3 runs are expected." },
    { "no use after free, in any of 50 schedules", points = 4, schedules = { 50, jitter = 0.3 },
      never = bug("use-after-free"),
      feedback = "{event.thread} touched `{event.object}` at {event.ms} ms. `remove()` had freed it at {event.freed.ms} ms." },
    { "remove() frees the device", points = 2, eventually = frees("ethx_dev"),
      feedback = "The device was never freed: a leak is not a repair." },
    { "no code of the driver is called after the unload", points = 2, never = bug("unloaded-code"),
      feedback = "At {event.ms} ms the driver was called, and it had been unloaded." },
  },
  harmless = { "burn(dev.work)", "dev.reads = dev.reads + 1" },	-- statements that no check asks for

  hints = { "Which code still uses the device after `remove()` has freed it?",
            "The item may be queued, or run, when `remove()` is called. Which call waits for both?",
            "Free the interrupt first, then `cancel_work_sync()`, then `kfree()`." },
  why   = "`free_irq()` stops the source, `cancel_work_sync()` takes a queueing back and waits for a run; after that nothing uses the device." }
