-- WRONG: an error in an interrupt handler looks like one of the interrupted thread.
-- RIGHT: the message names the handler and the CPU.
-- RUN: run FILE --plain --answers right
-- EXPECT: exit 2
-- EXPECT: out "FILE:9: unknown name 'nosuch'"
-- EXPECT: out "'card', hard interrupt of CPU 1)"
return lesson {
  title = "irq", machine = { cpus = 2 },
  function() irq(1, "card", function() nosuch() end) run_idle() end,
}
