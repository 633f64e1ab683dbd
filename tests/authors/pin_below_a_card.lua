-- WRONG: a pinned question was lost from sight as soon as another card opened
-- RIGHT: it stands in the lower border until its verdict (on the screen: tests/ui/pin.test)
-- TYPE: 2\n\n\n
-- EXPECT: exit 0
-- EXPECT: out "The question was: When does w end?"
return lesson { title = "T", machine = { cpus = 2 },
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
predict { "When does w end?", id = "a", number = "ms", within = 9, pin = true, answer = ends(w) }
run_until(starts(w))
say "It has begun."
run_idle()
end }
