-- WRONG: 10 s, exit 4: not even catastrophic, only quadratic
-- RIGHT: exit 2 with file:line
-- EXPECT: exit 2
-- EXPECT: err "FILE:8: one call of string.gsub has used"
-- SLOW: a limit of seconds ends it; left out where KW_QUICK is set
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local s = (("x"):rep(100000)):gsub("x*y", "")
say "ok"
end }
