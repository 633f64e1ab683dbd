-- WRONG: {my item} and {工作x} are shown as they are: no fault for an unknown name
-- RIGHT: a fault, as for {nosuch}
-- EXPECT: exit 2
-- EXPECT: any "is neither a parameter nor a declared name"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local w = work("my item", function() end)
say "{my item} {工作x} {w-1 }"
end }
