-- 21-unload: remove() of a driver whose delayed work arms itself again, and whose interrupt queues it.
-- The student edits driver.lua; starter/, solution/ and wrong/ hold versions of it.
return exercise {
  kind    = "repair", title = "Unload without a bang", points = 10, minutes = 15,
  question = "In which order must remove() stop a device's sources of work?",
  needs   = { "unload" }, covers = { rules = { "R2.12", "R8.8" }, errata = { "E2.34", "E2.62" } },
  machine = { cpus = 2 },
  files   = { "driver.lua" },
  story   = [[ `ethx` polls its link every {period} ms from a delayed work item that arms itself again. An interrupt makes it
               poll sooner. `rmmod ethx` sometimes crashes.

               Repair `remove()`. Keep the polling. ]],
  params  = function(pick)
    local period, burn, unload = pick(5, 9), pick(1, 3), pick(45, 70)
    return { period = period, burn = burn, unload = unload, irq_cpu = pick { 0, 1 }, least = (unload - 5) // (period + burn + 1) }
  end,

  scene = function(p, student)
    local line = irq_line(p.irq_cpu, "ethx")
    local ethx = insmod("ethx", student.driver, { period = p.period, burn = p.burn, line = line })
    every(4 * p.period, 5, function() raise(line) end)	-- rare: the interrupts alone do not poll often enough
    when(returns("cancel_delayed_work") + returns("cancel_delayed_work_sync"), function() raise(line, 1) end)	-- at the worst moment
    at(p.unload, function() task(1, "rmmod", function() rmmod(ethx) end) end)
    run(p.unload + 100)
  end,

  checks = {
    { "polls while loaded", points = 1,
      test = function(t, p)
        local all = t:all(starts("link_poll"):before(calls("remove")))
        return #all >= p.least, { polls = #all, event = all[#all] }
      end,
      feedback = "The link was polled {polls} times before the unload; at least {least} times are expected." },
    { "no use after free, in any of 200 schedules", points = 2, schedules = { 200, jitter = 0.3 },
      never = bug("use-after-free"),
      feedback = "{event.thread} touched `{event.object}` at {event.ms} ms. `remove()` had freed it at {event.freed.ms} ms." },
    { "remove() frees what probe() allocated", points = 2,
      test = function(t)
        local freed = t:find(frees("ethx_dev"))
        return freed ~= nil, { event = freed or t:find(returns("remove")) }
      end,
      feedback = "The device was never freed: a leak is not a repair." },
    { "nothing in the device is armed when it is freed", points = 4, never = bug("free-active"),
      feedback = "At {event.ms} ms the device was freed while its item was armed or queued. Which code armed it last?" },
    { "remove() returns within 20 ms", points = 1, within = { 20, calls("remove"), returns("remove") },
      feedback = "`remove()` took {ms} ms." },
  },
  harmless = { "dev.packets = dev.packets + 1", "dev.packets = 0", "mod_delayed_work(system_wq, dev.poll, msecs_to_jiffies(1))", "burn(dev.burn)" },
  hints = { "What can still start `link_poll()` after `remove()` has looked?",
            "Two things: its own timer, and the interrupt. In which order must they be stopped?",
            "Stop the source (`free_irq`), then `cancel_delayed_work_sync()`, then `kfree()`." },
  why   = "`cancel_delayed_work()` does not wait for a run, and a run arms the timer again. `cancel_delayed_work_sync()` refuses the "
          .. "re-arming and waits; but an interrupt that comes after it queues the item anew, so the line is freed first." }
