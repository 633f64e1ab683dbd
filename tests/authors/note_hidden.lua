-- WRONG: notes are for the author, but a student could read them.
-- RIGHT: without nothing of them is shown.
-- RUN: run FILE --plain --answers right
-- EXPECT: exit 0
-- EXPECT: no "author's note"
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
