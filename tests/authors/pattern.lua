-- WRONG: 10 s, then exit 4 "it spins for ever", no line
-- RIGHT: exit 2 with file:line: one call of string.find has used 2 s of CPU time
-- EXPECT: exit 2
-- EXPECT: out "The lesson is faulty: FILE:10: one call of string.find has used"
-- EXPECT: err "FILE:10: one call of string.find has used"
-- SLOW: a limit of seconds ends it; left out where KW_QUICK is set
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local s = ("a"):rep(200)
say(tostring(s:find((".-"):rep(12) .. "b")))
end }
