-- 03-handler: an interrupt handler that sleeps.  The slow half moves into a work item that drains a list.
-- The student edits driver.lua; starter/, solution/ and wrong/ hold versions of it.
return exercise {
  kind    = "repair", title = "A handler that sleeps", points = 10, minutes = 15,
  question = "How does the slow half of an interrupt get out of its handler, without losing a packet?",
  needs   = { "why-defer" }, covers = { rules = { "R2.1" }, errata = { "E2.10" } },
  machine = { cpus = 2 },
  files   = { "driver.lua" },
  story   = [[ The card `nic` receives packets in bursts, one every {gap} microseconds, and keeps at most 4 of them. Each interrupt's
               handler takes a packet with `dev.take()` and handles it with `dev.handle(packet)`, which sleeps for {slow} ms.

               A handler must not sleep. Move the slow half out of it. Every packet is handled, whatever the burst. ]],
  params  = function(pick)
    local burst = pick(6, 9)
    return { burst = burst, packets = 2 * burst, gap = pick { 200, 300, 400 }, slow = pick(2, 3) }
  end,

  scene = function(p, student)
    local line = irq_line(0, "nic")
    local ring, arrived, lost = {}, 0, {}
    local function take() return table.remove(ring, 1) end
    local function handle(packet)
      msleep(p.slow)
      if packet then printk("packet %d is handled", packet) end
    end
    insmod("nic", student.driver, { line = line, take = take, handle = handle })
    local function arrive()
      arrived = arrived + 1
      if #ring < 4 then ring[#ring + 1] = arrived else lost[#lost + 1] = now() end
      raise(line)
    end
    for _, start in ipairs { 5, 60 } do
      at(start, function() every(p.gap / 1000, p.burst, arrive) end)
    end
    run(130)
    return { lost = lost }
  end,

  checks = {
    { "nothing sleeps in atomic context", points = 3, never = bug("atomic-sleep"),
      feedback = "At {event.ms} ms a function that sleeps was called where no thread may sleep: in an interrupt, or with a lock." },
    { "no packet is lost, in any of 50 schedules", points = 3, schedules = { 50, jitter = 0.3 },
      test = function(t, _, s)
        local at = s.lost[1]
        return not at, { lost = #s.lost, event = at and t:find(event("irq_raise"):with(function(e) return e.ms >= at end)) }
      end,
      feedback = "The card had no room for {lost} of the packets: its handler came too late to take them." },
    { "every packet is handled once, in a work item", points = 3,
      test = function(t, p)
        local all = t:all(prints("is handled"):with(function(e) return tostring(e.thread):find("^kworker") end))
        return #all == p.packets, { handled = #all, event = all[#all] }
      end,
      feedback = "{packets} packets came, and work items handled {handled} of them." },
    { "the handler returns within 0.1 ms", points = 1,
      within = { 0.1, event("irq_handler_entry"), event("irq_handler_exit") },
      feedback = "One call of the handler took {ms} ms. All other interrupts of that CPU had to wait." },
  },
  harmless = { "free_irq(dev.line, dev)", "cancel_work_sync(dev.work)", "kfree(dev)" },	-- the scene does not unload
  hints = { "Which calls of the handler may sleep? Which function may sleep, if not a handler?",
            "A work item runs in a thread. But a second `queue_work()` before it runs changes nothing: one run has to do for several packets.",
            "`dev.work = work(\"slow_half\", slow_half)` in `probe()` makes the item, and `container_of(w)` in its function is `dev`. The handler puts each "
            .. "packet into a list and queues the item. The function takes packets off the list until it is empty." },
  why   = "The handler does what cannot wait: it takes the packet from the card. The work item may sleep. Since a pending item is queued "
          .. "only once, its function handles all packets that are in the list, not one for each call of `queue_work()`." }
