-- tests/students/exercise/exercise.lua: a small exercise that careless and hostile files are given to.
return exercise {
  kind = "repair", title = "A device", points = 3, machine = { cpus = 2 }, files = { "driver.lua" },
  limits = { runs_per_item = 500 },
  scene = function(_, student)
    local line = irq_line(0, "dev")
    local dev = insmod("dev", student.driver, { line = line })
    every(2, 3, function() raise(line) end)
    at(12, function() task(1, "rmmod", function() rmmod(dev) end) end)
    run(40)
  end,
  checks = {
    { "each interrupt is followed by a run", points = 1,
      test = function(t)
        assert(string.format("%d", 3) == "3" and table.concat({ "a", "b" }) == "ab" and math.floor(1.5) == 1)
        local count = t:count(starts(nil))
        return count >= 3, { count = count }
      end,
      feedback = "The item ran {count} times." },
    { "remove() returns", points = 1, eventually = returns("remove"), feedback = "remove() did not return." },
    { "no rule is broken", points = 1, never = bug(), feedback = "The kernel reported {event.kind}." },
  } }
