-- WRONG: the message about an error in kernel code has the line alone, not the item, the thread and the CPU.
-- RIGHT: the message names the function of the item, the thread and the CPU; or the interrupt.
-- RUN: run FILE --plain --answers right
-- EXPECT: exit 2
-- EXPECT: out "FILE:7: attempt to perform arithmetic on a nil value (local 'x') (in add(), called at line 12; work function 'w', thread kworker/0:1 on CPU 0)"
local function add(x)
  return x + 1
end
return lesson {
  title = "context",
  function()
    local w = work("w", function() add() burn(1) end)
    irq(0, "card", function() queue_work(system_wq, w) end)
    run_idle()
  end,
}
