-- WRONG: exit 4: a call in an interrupt needs a mutex that another thread holds
-- RIGHT: two reports, and the call has no effect: its own mutex_unlock() neither
-- EXPECT: exit 0
-- EXPECT: out "sleep in atomic context: mutex_lock. 1.011 ms The kernel reports a sleep in atomic context: schedule."
-- EXPECT: out "4.305 ms The kernel reports a sleep in atomic context: apply_workqueue_attrs."
-- EXPECT: out "4.309 ms The kernel reports a sleep in atomic context: schedule."
return lesson { title = "T", machine = { cpus = 2 },
function(p)
local m, u = mutex("m"), alloc_workqueue("u", WQ_UNBOUND)
task(0, "t", function() mutex_lock(m) burn(2) expect(mutex_is_locked(m)) mutex_unlock(m) end)
at(1, function() irq(0, "d", function() mutex_lock(m) mutex_unlock(m) end) end)
task(1, "w", function() sleep_ms(4) for i = 1, 20 do apply_workqueue_attrs(u, { nice = i % 3 }) end end)
at(4.3, function() irq(0, "e", function() expect(apply_workqueue_attrs(u, { nice = 5 }) == -16) end) end)
run(20)
end }
