-- WRONG: bad argument #1 to '?'
-- RIGHT: the message names the call
-- EXPECT: exit 2
-- EXPECT: any "bad argument #1 to 'offline' (there is no CPU 9"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
offline(9)
end }
