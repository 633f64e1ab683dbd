-- WRONG: an author cannot print: print() is a fault, a card is seen by students, printk() changes the log.
-- RIGHT: note() is shown with --notes, from the director, from kernel code and from a judge.
-- RUN: run FILE --plain --notes --answers right
-- EXPECT: exit 0
-- EXPECT: out "0.000 ms The author's note, line 21: drawn 5 true {1, 2, 1 named}"
-- EXPECT: out "The author's note, line 18: inside w"
-- EXPECT: out "The author's note, line 24: starts 0"
-- EXPECT: out "The author's note, line 24: starts 1"
-- EXPECT: out "Right: a."
return lesson {
  title = "notes",
  function()
    local w
    local function work_inside(item)
      burn(1)
      -- the thing is named, not its address
      if true then
        note("inside", item)
      end
    end
    note("drawn", 5, true, { 1, 2, x = 3 })
    w = work("w", work_inside)
    predict { "Q", id = "q", choices = { { "a", id = "a" }, { "b", id = "b" } },
      answer = function(t) note("starts", t:count(starts(w))) local e = t:first(starts(w)) return "a", e end }
    irq(0, "card", function() queue_work(system_wq, w) end)
    run_idle()
  end,
}
