-- An interrupt by hand is a what-if: lines are marked, nothing is scored, `back` returns to the open question.
-- RUN: run FILE --plain
-- TYPE: i\n1\n\nback\ni foo\nb\n
-- EXPECT: exit 0
-- EXPECT: out "what if> nic interrupts CPU 0 at 0.000 ms."
-- EXPECT: out "what if> 0.001 ms nic interrupts CPU 0."
-- EXPECT: out "what if> In a what-if:"
-- EXPECT: out "Back in the run. It is as it was."
-- EXPECT: out "There is no interrupt line foo, only: nic."
-- EXPECT: out "You answered: once"
-- EXPECT: out "Right"
-- EXPECT: no "what if> 0.002 ms PENDING of x was already set"
-- EXPECT: out "1 of 1"
return lesson { title = "T", machine = { cpus = 1 },
  function()
    local x = work("x", function() burn(2) end)
    local line = irq_line(0, "nic", function()
      queue_work(system_wq, x)
      queue_work(system_wq, x)
    end)
    predict { "How often does it run?", id = "often", fixed = true,
      choices = { { "twice", id = "two" }, { "once", id = "one" } },
      answer = function(t)
        local e = t:nth(2, returns(queue_work, x))
        return e.ret and "two" or "one", e
      end }
    raise(line)
    run_idle()
  end }
