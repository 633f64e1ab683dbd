-- WRONG: a list that is too short: each answer is wrong
-- RIGHT: a fault: order has 2 things, the answer 1
-- TYPE: 1 2\n
-- EXPECT: exit 2
-- EXPECT: any "order has 2 things, the answer 1"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
local v = work("v", function() end)
predict { "Q", id = "a", order = { w, v }, answer = function(t) return { w }, t:first(ends(w)) end }
run_idle()
end }
