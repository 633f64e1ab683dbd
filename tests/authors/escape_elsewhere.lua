-- RIGHT: titles, lines of the log and errors are filtered like cards
-- EXPECT: exit 2
-- EXPECT: out "a title\xef\xbf\xbd31m\xef\xbf\xbd"
-- EXPECT: out "| a line\xef\xbf\xbd[31m\xef\xbf\xbd"
-- EXPECT: err "FILE:16: an error\xef\xbf\xbd[31m\xef\xbf\xbd"
-- EXPECT: no "\x1b"
-- EXPECT: no "\x07"
-- EXPECT: no "\xc2\x9b"
-- EXPECT: no "\xe2\x80\xae"
-- EXPECT: no "\xff"
return lesson { title = "a title\u{9b}31m\u{202e}", machine = { cpus = 1 },
function(p)
irq(0, "nic", function() printk("a line\27[31m\xff") end)
run(1)
show "dmesg"
error("an error\27[31m\u{202e}")
end }
