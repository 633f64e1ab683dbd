-- WRONG: a lesson about a deadlock cannot end with run_idle()
-- RIGHT: or_stuck = true accepts an item that waits for ever
-- TYPE: \n
-- EXPECT: exit 0
-- EXPECT: out "idle?"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local c = completion("c")
local w = work("w", function() wait_for_completion(c) end)
irq(0, "d", function() queue_work(system_wq, w) end)
run_idle { or_stuck = true }
say "idle?"
end }
