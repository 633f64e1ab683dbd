-- WRONG: text after \0 is lost
-- RIGHT: refused
-- EXPECT: exit 2
-- EXPECT: any "it has a control character"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
say "before\0after"
end }
