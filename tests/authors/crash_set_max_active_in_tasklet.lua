-- WRONG: exit 4, SIGABRT sync.c:127
-- RIGHT: as above
-- EXPECT: exit 0
-- EXPECT: out "sleep in atomic context: workqueue_set_max_active."
-- EXPECT: out "max_active of q is 2 now"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local q = alloc_workqueue("q")
local t = tasklet("t", function() workqueue_set_max_active(q, 2) end)
task(0, "x", function() tasklet_schedule(t) end)
run(5)
end }
