-- WRONG: two choices with the same text, and empty ones, are taken
-- RIGHT: a fault
-- EXPECT: exit 2
-- EXPECT: any "choices 1 and 2 have the same text"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "a", choices = { { "same", id = "x" }, { "same", id = "y" }, { "", id = "z" } }, correct = "x" }
end }
