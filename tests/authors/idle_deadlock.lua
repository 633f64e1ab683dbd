-- WRONG: run_idle() returns, although w waits for ever
-- RIGHT: a fault that names the item and the thread, unless or_stuck = true
-- EXPECT: exit 2
-- EXPECT: any "run_idle: 'w' waits for ever in its function, in kworker/0:1"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local c = completion("c")
local w = work("w", function() wait_for_completion(c) end)
irq(0, "d", function() queue_work(system_wq, w) end)
run_idle()
say "idle?"
end }
