-- WRONG: a task ends with a spin lock (or a mutex, or preemption off): no word
-- RIGHT: BUG: t/12 still has locks held
-- EXPECT: exit 1
-- EXPECT: out "BUG: t/13 still has locks held!"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local l = spinlock("l")
task(0, "t", function() spin_lock(l) end)
run(5)
say "no report"
end }
