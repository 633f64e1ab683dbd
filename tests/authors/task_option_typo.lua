-- WRONG: { nicee = 10 } is accepted
-- RIGHT: a fault with the nearest name
-- EXPECT: exit 2
-- EXPECT: any "task has no option 'nicee'; did you mean nice?"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
task(0, "t", function() burn(1) end, { nicee = 10 })
run(3)
end }
