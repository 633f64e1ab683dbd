-- WRONG: the fault comes after the answer
-- RIGHT: a fault when the question is put
-- EXPECT: exit 2
-- EXPECT: any "FILE:8: '{nosuch}' is neither a parameter nor a declared name"
-- EXPECT: no "A number"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "a", number = "x", correct = 1, why = "see {nosuch}" }
end }
