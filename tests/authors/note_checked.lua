-- WRONG: the notes of a lesson are lost when it is checked.
-- RIGHT: `check` shows those of the first run.
-- RUN: check FILE --fast
-- EXPECT: exit 0
-- EXPECT: out ":9: note: at the beginning 3"
return lesson {
  title = "notes",
  function()
    note("at the beginning", 3)
    say "one card"
  end,
}
