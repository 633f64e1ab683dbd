-- WRONG: `kworkshop explore` of this file: "the lesson's own code may take 50 million instructions: an endless loop?"
-- RIGHT: explore answers an order question with all its numbers
-- RUN: explore FILE --runs 3
-- EXPECT: exit 0
-- EXPECT: out "3 runs"
-- EXPECT: out "0 failures"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Q", id = "o", order = { "a", "b", "c" }, correct = { "a", "b", "c" } }
end }
