-- WRONG: 8 s, then exit 4 "the trace is full" (an internal error?)
-- RIGHT: exit 2, with the item that floods and the line: "w has queued itself 250000 times in 115 ms"
-- EXPECT: exit 2
-- EXPECT: err "FILE:9: the run has reached its bound of 2000000 events: 'w' was queued"
-- EXPECT: out "more events are not printed."
-- SLOW: a limit of seconds ends it; left out where KW_QUICK is set
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w w = work("w", function() queue_work(system_wq, w) end)
irq(0, "d", function() queue_work(system_wq, w) end)
run(1000)
end }
