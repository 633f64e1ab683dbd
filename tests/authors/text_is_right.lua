-- WRONG: an answer in own words is judged "Right."
-- RIGHT: no verdict: "The author's answer: ..."
-- TYPE: dunno\n
-- EXPECT: exit 0
-- EXPECT: out "The author's answer: the model"
-- EXPECT: no "Right"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
ask { "Why?", id = "a", text = true, why = "the model" }
end }
