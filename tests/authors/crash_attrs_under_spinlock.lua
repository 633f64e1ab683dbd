-- WRONG: exit 4, SIGABRT sync.c:150
-- RIGHT: as above
-- EXPECT: exit 0
-- EXPECT: out "sleep in atomic context: apply_workqueue_attrs."
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local u, l = alloc_workqueue("u", WQ_UNBOUND), spinlock("l")
task(0, "t", function() spin_lock(l) apply_workqueue_attrs(u, { nice = -3 }) spin_unlock(l) end)
run(5)
end }
