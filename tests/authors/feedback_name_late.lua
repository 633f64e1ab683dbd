-- WRONG: the fault comes only to the student who chooses this
-- RIGHT: a fault when the question is put
-- EXPECT: exit 2
-- EXPECT: any "FILE:8: '{nosuch}' is neither a parameter nor a declared name"
-- EXPECT: no "Your choice>"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "a", choices = { { "a", "see {nosuch}", id = "a" }, { "b", id = "b" } }, fixed = true, correct = "b" }
end }
