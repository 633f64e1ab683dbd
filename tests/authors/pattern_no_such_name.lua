-- WRONG: starts("nosuch") is not seen, and run_until() returns nil
-- RIGHT: a fault: no thing has that name
-- EXPECT: exit 2
-- EXPECT: any "nothing is called 'nosuch'"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
run_until(starts("nosuch"), { limit = 5, or_nil = true })
say "went on"
end }
