-- WRONG: exit 4: an interrupt unlocks the spin lock of the thread that it interrupts
-- RIGHT: a fault of the file, at the line that does it
-- EXPECT: exit 2
-- EXPECT: err "FILE:9: spin_unlock: spin lock 'l' was taken by task 't', not here"
return lesson { title = "T", machine = { cpus = 2 },
function(p)
local l = spinlock("l")
task(0, "t", function() spin_lock(l) burn(2) spin_unlock(l) end)
at(1, function() irq(0, "d", function() spin_unlock(l) end) end)
run(5)
end }
