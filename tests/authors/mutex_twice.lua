-- WRONG: mutex_lock(m) twice by one task: silent deadlock (spin_lock reports lock-recursion)
-- RIGHT: WARNING: possible recursive locking
-- EXPECT: exit 1
-- EXPECT: out "WARNING: possible recursive locking detected: t waits for m, which it holds"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local m = mutex("m")
task(0, "t", function() mutex_lock(m) mutex_lock(m) end)
run(5)
say "no report"
end }
