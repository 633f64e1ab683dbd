-- WRONG: a pattern expected, got userdata
-- RIGHT: p:after(e) takes an event
-- TYPE: 1\n
-- EXPECT: exit 0
-- EXPECT: any "Right: 1 n."
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
run_idle()
ask { "Q", id = "a", number = "n", answer = function(t) return t:count(ends(w):after(t:first(starts(w)))) end }
end }
