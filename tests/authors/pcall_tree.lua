-- WRONG: 10 s, exit 4: errors cost far more than their instructions
-- RIGHT: exit 2 with file:line within 2 s (charge an error more)
-- EXPECT: exit 2
-- EXPECT: err "FILE:8: the lesson's own code may take 50 million instructions"
-- SLOW: a limit of seconds ends it; left out where KW_QUICK is set
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local function f() pcall(f) pcall(f) end
f()
end }
