-- WRONG: exit 2 "mutex_unlock: 'm' is not locked": the lesson is blamed, not the sleeping
-- RIGHT: only the atomic-sleep bug of mutex_lock, then on: a student must be able to watch this
-- EXPECT: exit 0
-- EXPECT: out "sleep in atomic context: mutex_lock."
-- EXPECT: no "faulty"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local m = mutex("m")
irq(0, "d", function() mutex_lock(m) mutex_unlock(m) end)
run(5)
end }
