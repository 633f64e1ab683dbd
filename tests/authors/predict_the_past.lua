-- WRONG: a prediction about what has happened already: taken
-- RIGHT: a fault, and the same from check: "a's evidence is older than the question; make it ask"
-- TYPE: 1\n
-- EXPECT: exit 2
-- EXPECT: any "prediction 'a': the event that decides is older than the question; make it ask"
-- EXPECT: no "A number"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
run_idle()
predict { "When will {w} start?", id = "a", number = "ms", within = 1, answer = starts(w) }
end }
