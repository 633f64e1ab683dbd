-- Explored: a race that the author declares, a time within its bound, questions asked until they are right.
return lesson { title = "T", machine = { cpus = 2 }, params = function(pick) return { n = pick(3, 9) } end,
function(p)
  local order, took = "", 0
  local w, v = work("w", function() order = order .. "w" end), work("v", function() order = order .. "v" end)
  task(0, "a", function() burn(1) took = now() queue_work(system_wq, w) end)
  task(1, "b", function() burn(1) queue_work(system_wq, v) end)
  run(5)
  expect(p.n >= 3)
  ask { "Which one runs first?", id = "race", choices = { { "w", id = "w" }, { "v", id = "v" } }, fixed = true,
        moves = true, answer = function(t) return order:sub(1, 1) end }
  ask { "When was w queued?", id = "when", number = "ms", within = 0.2, answer = function() return took end }
  ask { "In which order?", id = "sorted", order = { "a", "b", "c" }, correct = { "c", "b", "a" }, retry = true }
  ask { "How many?", id = "many", number = true, correct = 5, retry = true }
  ask { "Which?", id = "ticks", choices = { { "x", id = "x" }, { "y", id = "y" } }, flags = true, correct = { "y" }, retry = true }
end }
