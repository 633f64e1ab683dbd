-- WRONG: cpu = 4 is accepted; the machine has 1 CPU
-- RIGHT: a fault with the nearest name
-- EXPECT: exit 2
-- EXPECT: any "machine has no field 'cpu'; did you mean cpus?"
return lesson { title = "T", machine = { cpu = 4 }, 
function(p)
say "x"
end }
