-- WRONG: t:at(e).work(w).runing is nil
-- RIGHT: a fault with the nearest name
-- TYPE: 1\n
-- EXPECT: exit 2
-- EXPECT: any "t:at(): there is no field 'runing'; did you mean running?"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
run_idle()
ask { "Q", id = "a", choices = { { "y", id = true }, { "n", id = false } }, answer = function(t) return t:at_now().work(w).runing == true end }
end }
