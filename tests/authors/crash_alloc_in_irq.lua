-- WRONG: exit 4, SIGABRT sync.c:150, no lesson line
-- RIGHT: the atomic-sleep bug with the lesson line, then on (take the mutex if it is free)
-- EXPECT: exit 0
-- EXPECT: out "sleep in atomic context: alloc_workqueue."
-- EXPECT: no "faulty"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
irq(0, "nic", function() alloc_workqueue("q") end)
run(5)
end }
