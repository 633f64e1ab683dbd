-- 22-schedule: a driver that does call cancel_work_sync().  The student is the scheduler and crashes it, then repairs it.
-- The student edits remove.lua; starter/, solution/ and wrong/ hold versions of it.
return exercise {
  kind    = "scheduler", title = "Crash it yourself", points = 8, minutes = 15,
  question = "In which order of events does a driver crash although it calls cancel_work_sync()?",
  needs   = { "unload" }, covers = { rules = { "R2.12" }, errata = { "E2.34" } },
  machine = { cpus = 2 },
  story   = [[ This driver does call `cancel_work_sync()`. It still crashes once a month in the field.

               You decide who goes on. Find the order that crashes it. ]],
  params  = function(pick) return { raises = pick(2, 3) } end,

  scene = function(p, student)		-- student: empty in the first part; in the second one what remove.lua returned
    local nic = object("nic_dev", { resets = 0 })
    nic.reset = work("reset", function(w)
      local dev = container_of(w)
      burn(1)
      dev.resets = dev.resets + 1
    end)
    local nic_line = irq_line(0, "nic", function() queue_work(system_wq, nic.reset) end)
    local remove = student.remove or function(dev, line)
      cancel_work_sync(dev.reset)
      free_irq(line)
      kfree(dev)
    end
    local out = task(1, "rmmod", function() remove(nic, nic_line) end)
    you_pick { { out, "rmmod" }, { nic.reset, "the worker" }, { nic_line, "the card", times = p.raises } }
    run_idle(200)
  end,

  reach = bug("use-after-free"), par = 5,
  checks = {
    { "remove() frees the device", points = 1, eventually = frees("nic_dev"),
      feedback = "The device was never freed: a leak is not a repair." },
  },
  after = { file = "remove.lua", points = 3, depth = "all",
            prompt = "Change the order of the three calls in remove.lua so that no choice of yours can crash the driver." },
  hints = { "`cancel_work_sync()` has returned. Which code can still call `queue_work()`?",
            "Let rmmod finish its cancel, and only then let the card interrupt.",
            "rmmod, the card, rmmod, rmmod, the worker.",
            "For the second part: after which of the three calls can the card no longer queue `reset`? That call has to be the first one." },
  why   = "Stop the source first, then cancel, then free. `cancel_work_sync()` promises nothing about a `queue_work()` that comes after it." }
