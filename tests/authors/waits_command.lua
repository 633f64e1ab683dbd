-- WRONG: line mode had no word for a completion's item
-- RIGHT: `waits` prints the chain as a sentence
-- TYPE: waits\n:waits\n\n
-- EXPECT: exit 0
-- EXPECT: out "kworker/0:1 waits for completion written, which waits for log, which waits for its queueing."
return lesson { title = "T", machine = { cpus = 1 },
function(p)
local written = completion("written", { by = "log" })
local log = work("log", function() complete(written) end)
local save = work("save", function() wait_for_completion(written) end)
irq(0, "disk", function() queue_work(system_wq, save) end)
run(2)
say "look"
irq(0, "disk", function() queue_work(system_wq, log) end)
run(2)
end }
