-- WRONG: v.x = 1 of a shared() is taken
-- RIGHT: shared variables have .value
-- EXPECT: exit 2
-- EXPECT: any "shared variable 'v' has .value, no field 'x'"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
task(0, "t", function() local v = shared("v", 0) v.x = 1 end)
run(5)
end }
