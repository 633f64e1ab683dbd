-- WRONG: a world for a workqueue that is allocated after the question, or never, is the real run
-- RIGHT: a fault that names it
-- EXPECT: exit 2
-- EXPECT: any "FILE:9: question 'a': world.wq: there is no workqueue 'c' yet"
return lesson { title = "T", machine = { cpus = 1 },
function(p)
local w, a = work("w", function() burn(1) end), alloc_workqueue("a", 0, 0)
irq(0, "d", function() queue_work(a, w) end)
predict { "When does {w} start?", id = "a", fixed = true,
  choices = { { "later", id = "later", world = { wq = { c = { max_active = 1 } } } }, { "now", id = "now" } },
  answer = function(t) return "now", t:first(starts(w)) end }
run_idle()
end }
