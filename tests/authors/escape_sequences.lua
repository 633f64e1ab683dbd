-- WRONG: ESC, BEL, BS, CR, DEL, C1 and bidi controls go to the terminal raw in --plain (and from titles in `list`)
-- RIGHT: replaced, as on the screen; names already refuse them
-- EXPECT: exit 2
-- EXPECT: err "FILE:13: the text"
-- EXPECT: err "it has a control character"
-- EXPECT: no "\x1b"
-- EXPECT: no "\x07"
-- EXPECT: no "\xc2\x9b"
-- EXPECT: no "\xe2\x80\xae"
-- EXPECT: no "\xff"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
say "A\27[31mRED\27]0;title\7\8\r\u{9b}31m\u{202e}B"
end }
