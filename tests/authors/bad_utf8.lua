-- WRONG: bytes that are no UTF-8 go to the terminal raw
-- RIGHT: replaced by U+FFFD or refused
-- EXPECT: exit 2
-- EXPECT: err "FILE:11: the text"
-- EXPECT: err "it is not UTF-8"
-- EXPECT: no "\x1b"
-- EXPECT: no "\xe9"
-- EXPECT: no "\xff"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
say "caf\xe9 \xff"
end }
