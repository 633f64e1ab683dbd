-- WRONG: boot = { foo = 2 } is accepted
-- RIGHT: a fault that lists the parameters
-- EXPECT: exit 2
-- EXPECT: any "the kernel has no boot parameter 'foo'"
return lesson { title = "T", machine = { cpus = 1, boot = { foo = 2 } }, 
function(p)
say "x"
end }
