-- WRONG: in line mode show() printed nothing for any view but "dmesg"
-- RIGHT: each view has its lines
-- TYPE: \n\n\n\n\n
-- EXPECT: exit 0
-- EXPECT: out "the code of w 12 burn(1) > 12 sleep_ms(4) the code"
-- EXPECT: out "When each item ran: 0.005 ms w begins to run in kworker/0:1 on CPU 0, and has not ended. the timeline"
-- EXPECT: out "The last events: 0.001 ms nic interrupts CPU 0."
-- EXPECT: out "idle/workers= 1/ 2 cpu= 0"
-- EXPECT: out "The time is 1.005 ms. CPU 0 runs kworker/0:1."
return lesson { title = "T", machine = { cpus = 1 },
function(p)
local w = work("w", function() burn(1) sleep_ms(4) end)
irq(0, "nic", function() queue_work(system_wq, w) end)
run_until(sleeps(w))
show "source"
say "the code"
show "timeline"
say "the timeline"
show "events"
say "the events"
show "pools"
say "the pools"
show "machine"
say "the machine"
end }
