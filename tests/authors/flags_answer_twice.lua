-- WRONG: correct = { "a", "a" }: no answer can be right
-- RIGHT: a fault
-- EXPECT: exit 2
-- EXPECT: any "FILE:7: question 'a': correct = 'a' is there twice"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "a", flags = true, choices = { { "a", id = "a" }, { "b", id = "b" } }, fixed = true, correct = { "a", "a" } }
end }
