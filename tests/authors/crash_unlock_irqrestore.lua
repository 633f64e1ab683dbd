-- WRONG: exit 4, SIGABRT irq.c:133
-- RIGHT: a fault or bug: taken with spin_lock(), released with spin_unlock_irqrestore()
-- EXPECT: exit 2
-- EXPECT: err "FILE:8: spin_unlock_irqrestore: spin lock 'l' was taken with spin_lock()"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local l = spinlock("l")
task(0, "t", function() spin_lock(l) spin_unlock_irqrestore(l) end)
run(5)
end }
