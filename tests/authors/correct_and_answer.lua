-- WRONG: ask with both correct = and answer = is taken; answer is never called
-- RIGHT: a fault: one of them
-- EXPECT: exit 2
-- EXPECT: any "FILE:6: question 'a': correct = or answer =, not both"
return lesson { title = "T", function(p)
  ask { "Q", id = "a", number = "n", correct = 5, answer = function(t) return 1 end }
end }
