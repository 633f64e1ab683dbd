-- WRONG: bytes that are no UTF-8 go to the terminal raw
-- RIGHT: replaced by U+FFFD or refused
-- EXPECT: exit 2
-- EXPECT: any "FILE:8: the text"
-- EXPECT: any "it is not UTF-8"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
say "caf\xe9 \xff"
end }
