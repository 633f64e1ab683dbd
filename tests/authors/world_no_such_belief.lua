-- WRONG: a world with a misspelt belief is the real run
-- RIGHT: a fault that lists the beliefs
-- EXPECT: exit 2
-- EXPECT: any "FILE:9: question 'a': there is no belief 'wake_all': cancel-kills, count-calls,"
return lesson { title = "T", machine = { cpus = 1 },
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
predict { "When does {w} start?", id = "a", fixed = true,
  choices = { { "later", id = "later", world = { belief = "wake_all" } }, { "now", id = "now" } },
  answer = function(t) return "now", t:first(starts(w)) end }
run_idle()
end }
