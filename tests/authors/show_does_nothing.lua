-- WRONG: on the screen no view opened; in line mode only "dmesg" did something
-- RIGHT: the view opens, as docs/lua.md promises (on the screen: tests/ui/show.test)
-- TYPE: \n
-- EXPECT: exit 0
-- EXPECT: out "The kernel's log: | BUG: scheduling while atomic"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
irq(0, "nic", function() msleep(2) end)
run(3)
show "dmesg"
say "look at the log"
end }
