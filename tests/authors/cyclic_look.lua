-- WRONG: 15 s, exit 4: script_where() walks 200000 levels, each from the top (quadratic)
-- RIGHT: exit 2 at once: "look: a list that contains itself"
-- EXPECT: exit 2
-- EXPECT: err "FILE:10: look: a list that contains itself"
-- (a list that contains itself is refused before it is followed)
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local t = {}
t[1] = t
say { "x", look = t }
end }
