-- WRONG: a plain mistake in answer is "not yet" until the lesson's end, reported at the question's line, as "is nil"
-- RIGHT: at once, at its own line: only t:first/nth/last that find nothing are "not yet"
-- TYPE: 1\n
-- EXPECT: exit 2
-- EXPECT: any "FILE:13: attempt to perform arithmetic on a nil value"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("w", function() burn(1) end)
irq(0, "d", function() queue_work(system_wq, w) end)
predict { "Q", id = "a", number = "ms",
  answer = function(t)
    local e = t:first(ends(w))
    return e.ms + nil, e
  end }
run_idle()
say "and the lesson went on"
end }
