-- WRONG: bad argument #-1 to '?'
-- RIGHT: a fault that lists the attributes
-- EXPECT: exit 2
-- EXPECT: any "there is no attribute 'nise'; did you mean nice? (nice, cpumask, affn_scope, affn_strict)"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local u = alloc_workqueue("u", WQ_UNBOUND)
apply_workqueue_attrs(u, { nise = 1 })
end }
