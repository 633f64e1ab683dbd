-- 23-storm: a work item that queues itself again at once, and so uses a whole CPU.
-- The student edits driver.lua; starter/, solution/ and wrong/ hold versions of it.
local left_behind = bug("free-active") + bug("unloaded-code") + bug("use-after-free") + bug("leak")

return exercise {
  kind    = "repair", title = "A storm of polls", points = 10, minutes = 12,
  question = "How does a poll wait, without using a CPU and without being late?",
  needs   = { "delayed" }, covers = { rules = { "R8.1" }, errata = { "E2.67" } },
  machine = { cpus = 2 },
  files   = { "driver.lua" },
  story   = [[ A sensor has no interrupt, so its driver asks `dev.look()` for news again and again. The item queues itself at once, and one CPU
               does nothing else.

               Poll about every 10 ms instead. No news may be seen later than 12 ms after it came, and unloading the driver must leave
               nothing behind. ]],
  params  = function(pick)
    local first, gap, news, look = pick(13, 19), pick(23, 29), pick(3, 5), pick { 100, 150, 200 }
    local length = first + gap * news + 20
    return { first = first, gap = gap, news = news, look = look, length = length, most = length // 8 + 2 }
  end,
  limits  = { runs_per_item = 300 },

  scene = function(p, student)
    local came, waiting = {}, {}
    local function look()
      udelay(p.look)
      while #waiting > 0 do printk("news %d is seen", table.remove(waiting, 1)) end
    end
    local sensor = insmod("sensor", student.driver, { look = look })
    for i = 1, p.news do
      at(p.first + p.gap * (i - 1), function()
        came[i] = now()
        waiting[#waiting + 1] = i
      end)
    end
    at(p.length, function() task(1, "rmmod", function() rmmod(sensor) end) end)
    run(p.length + 40)
    return { came = came }
  end,

  checks = {
    { "the item does not queue itself in a storm", points = 3, never = bug("requeue-storm"),
      feedback = "At {event.ms} ms the item had run 300 times." },
    { "at most one poll in 8 ms", points = 2,
      test = function(t, p)
        local all = t:all(starts(nil))
        return #all <= p.most, { polls = #all, event = all[p.most + 1] }
      end,
      feedback = "The item ran {polls} times; {most} times are enough." },
    { "news is seen within 12 ms, in any of 40 schedules", points = 4, schedules = { 40, jitter = 0.1 },
      test = function(t, p, s)
        local worst, last = 0, nil
        for i = 1, p.news do
          local seen = t:find(prints("news " .. i .. " is seen"))
          if not seen then return false, { seen = "never" } end
          if seen.ms - s.came[i] > worst then worst, last = seen.ms - s.came[i], seen end
        end
        return worst <= 12, { seen = string.format("after %.3f ms", worst), event = last }
      end,
      feedback = "The news that waited longest was seen {seen}; 12 ms are allowed." },
    { "unloading leaves nothing behind", points = 1,
      test = function(t)
        local e = t:find(left_behind)
        if e then return false, { event = e, found = "the kernel reported \"" .. e.kind .. "\"" } end
        if t:find(returns("remove")) then return true end
        return false, { event = t:find(calls("remove")), found = "remove() was called, and it did not return" }
      end,
      feedback = "At {event.ms} ms {found}. Is the timer of the item stopped when the device is freed, and is the device freed?" },
  },
  hints = { "An item that queues itself runs again as soon as a worker is free. Which call lets time pass first?",
            "`queue_delayed_work()` arms a timer; the item is queued when it expires. Its item is made with `delayed_work()`.",
            "Queue with a delay of `msecs_to_jiffies(10)`, and let `remove()` call `cancel_delayed_work_sync()`." },
  why   = "A work item that waits by queueing itself is a busy loop: the worker never becomes idle. A delayed item costs nothing until its "
          .. "timer expires. A timer of 10 ms and the time of one look stay below 12 ms." }
