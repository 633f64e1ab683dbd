-- WRONG: the unit is not shown: "ms" is found inside "items" (question.lua put(): text:find(unit))
-- RIGHT: "(ms)": look for the unit as a word, or always show it at the prompt
-- TYPE: 1\n
-- EXPECT: exit 0
-- EXPECT: out "A number (ms)>"
return lesson { title = "T", function(p)
  ask { "When do the items start?", id = "a", number = "ms", correct = 1 }
end }
