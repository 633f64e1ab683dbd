-- WRONG: the message has the line of the error alone, in a helper that five places call.
-- RIGHT: it has the lines of the calls, and nothing of the program's own library.
-- RUN: run FILE --plain --answers right
-- EXPECT: exit 2
-- EXPECT: out "FILE:8: attempt to index a nil value (field 'missing') (in helper(), called at line 13, called at line 16)"
local function helper(t)
  local x = 1
  return t.missing.field + x
end
return lesson {
  title = "chain",
  function()
    after(1, function() helper {} end)
    say "one card"
    -- the director's call that lets the function above run
    run(5)
  end,
}
