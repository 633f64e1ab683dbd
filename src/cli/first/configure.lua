-- A limit that lets items overlap, but not too many of them.  The student chooses the setting.
return exercise {
  kind     = "configure", title = "%s", points = 10, minutes = 5,
  question = "Which max_active is enough, and not too much?",
  machine  = { cpus = 1 },
  story    = [[ {items} items are queued at once on the workqueue `jobs`. Each works, sleeps {pause} ms and works again. All of them
                have to end within {bound} ms, and at most 3 may be under way at a time: each holds a buffer.

                Choose `max_active`. ]],
  params   = function(pick)
    local items, pause = pick(6, 9), pick(8, 12)
    return { items = items, pause = pause, bound = (items + 2) // 3 * (pause + 3) + 4 }
  end,
  settings = { max_active = { kind = "number", from = 1, to = 16, default = 1 } },

  scene = function(p, student)
    local jobs = alloc_workqueue("jobs", 0, student.max_active)
    local item = {}
    for i = 1, p.items do item[i] = work("job" .. i, function() burn(1) sleep_ms(p.pause) burn(1) end) end
    irq(0, "disk", function() for i = 1, p.items do queue_work(jobs, item[i]) end end)
    run_idle()
  end,

  checks = {
    { "all items end in time", points = 5,
      test = function(t, p)
        local last = t:last(event("workqueue_execute_end")).ms
        return last <= p.bound, { last = last }
      end,
      feedback = "The last item ended at {last} ms; {bound} ms are allowed." },
    { "at most 3 items are under way at a time", points = 5,
      test = function(t)
        local now, most = 0, 0
        for _, e in ipairs(t:all(event("workqueue_execute_start") + event("workqueue_execute_end"))) do
          now = now + (e.name == "workqueue_execute_start" and 1 or -1)
          most = math.max(most, now)
        end
        return most <= 3, { most = most }
      end,
      feedback = "{most} items were under way at the same time." },
  },

  hints = { "How long does one item take, and how many may overlap?",
            "With max_active 1 the items run one after the other. What does each item more that may be active change?",
            "Three at a time is the most that the buffers allow: is that enough for the time?" },
  why   = "max_active is the number of items of a workqueue that may be under way on a CPU; the others wait on its inactive list." }
