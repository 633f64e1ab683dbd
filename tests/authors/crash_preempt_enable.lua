-- WRONG: exit 4, SIGABRT irq.c:104
-- RIGHT: a fault: preempt_enable() without preempt_disable()
-- EXPECT: exit 2
-- EXPECT: err "FILE:7: preempt_enable() without preempt_disable() in task 't'"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
task(0, "t", function() preempt_enable() end)
run(5)
end }
