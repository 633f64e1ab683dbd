-- WRONG: exit 4, SIGABRT sync.c:127
-- RIGHT: as above
-- EXPECT: exit 0
-- EXPECT: out "sleep in atomic context: thaw."
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
local t = timer("t", function() thaw() end)
task(0, "x", function() mod_timer(t, jiffies() + 1) end)
run(5)
end }
