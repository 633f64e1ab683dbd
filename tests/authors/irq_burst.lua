-- WRONG: 30,000 irq() in one instant took 5 s of CPU time: each one looked at all lines
-- RIGHT: a burst is linear
-- EXPECT: exit 0
-- EXPECT: out "The lesson is over."
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
for i = 1, 30000 do irq(0, "d", function() end) end
run(1)
end }
