-- WRONG: "question:323: attempt to index a function value (local 'w')", and only after a wrong answer
-- RIGHT: wrong = { { function, "text" }, ... }: entry 1 is a function
-- EXPECT: exit 2
-- EXPECT: any "wrong = { { function, \"text\" }, ... }: entry 1 is a function"
-- EXPECT: no "A number"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
predict { "Q", id = "a", number = "ms", wrong = { function() return true end, "fb" }, answer = function(t) return 7 end }
run_idle()
end }
