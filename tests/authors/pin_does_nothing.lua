-- WRONG: pin = true changed nothing anywhere
-- RIGHT: question and answer stay in view until the verdict (on the screen: tests/ui/pin.test)
-- TYPE: 2\n\n
-- EXPECT: exit 0
-- EXPECT: out "The question was: Q"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
predict { "Q", id = "a", number = "ms", within = 9, pin = true, answer = ends(w) }
run_idle()
end }
