-- WRONG: world = { max_active = 1 } changed every workqueue of the lesson: `b` showed scene 1, not the question
-- RIGHT: a fault: the limit belongs to one workqueue, so world = { wq = { b = { max_active = 1 } } }
-- EXPECT: exit 2
-- EXPECT: any "FILE:13: question 'a': world = { max_active = 1 } names no workqueue, and the lesson has 2 (a, b): world = { wq = { b = { max_active = 1 } } }"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local a, b = alloc_workqueue("a", 0, 3), alloc_workqueue("b", 0, 2)
local t = {}
for i = 1, 4 do t[i] = work("t" .. i, function() burn(1) sleep_ms(2) end) end
irq(0, "d", function() queue_work(a, t[1]) queue_work(a, t[2]) end)
run_idle()
irq(0, "d", function() queue_work(b, t[3]) queue_work(b, t[4]) end)
predict { "When does {t4} start?", id = "a", choices = { { "after {t3}", id = "after", world = { max_active = 1 } }, { "while {t3} sleeps", id = "while" } }, fixed = true,
  answer = function(t2) local s = t2:first(starts(t[4])) return t2:find(ends(t[3]):before(s.ms)) and "after" or "while", s end }
run_idle()
end }
