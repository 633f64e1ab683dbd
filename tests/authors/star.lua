-- WRONG: 2*3*4 loses its stars in --plain (not on the screen); nothing escapes * and `
-- RIGHT: the same in both, and an escape
-- TYPE: \n
-- EXPECT: exit 0
-- EXPECT: out "2*3*4"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
say "2*3*4"
end }
