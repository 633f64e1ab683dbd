-- WRONG: the feedback of a wrong tick is never shown
-- RIGHT: shown for each wrong tick
-- TYPE: 1 2\n
-- EXPECT: exit 1
-- EXPECT: out "Not quite. You answered: a, b."
-- EXPECT: out "FEEDBACK OF B"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "a", flags = true, choices = { { "a", id = "a" }, { "b", "FEEDBACK OF B", id = "b" } }, fixed = true, correct = { "a" } }
end }
