-- a pattern that is tried in ever more ways
local s = ("a"):rep(40)
local found = s:find(("a*"):rep(30) .. "b")
return lesson { title = "A pattern without end", function() end }
