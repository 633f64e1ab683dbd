-- WRONG: "question:243: attempt to perform arithmetic on a string value", after the answer
-- RIGHT: within is a number
-- EXPECT: exit 2
-- EXPECT: any "within is a number"
-- EXPECT: no "A number"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "a", number = "ms", within = "a", correct = 5 }
end }
