-- WRONG: the fault comes after the answer, and speaks of "answer of"
-- RIGHT: a fault when the question is put: correct = "c" is not the id of a choice (a, b)
-- EXPECT: exit 2
-- EXPECT: any "FILE:8: question 'a': correct = 'c' is not the id of a choice (a, b)"
-- EXPECT: no "Your choice>"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "a", choices = { { "a", id = "a" }, { "b", id = "b" } }, correct = "c" }
end }
