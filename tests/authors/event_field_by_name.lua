-- WRONG: event("bug", { kind = "double-free" }) never matches
-- RIGHT: it matches
-- TYPE: 1\n
-- EXPECT: exit 0
-- EXPECT: any "Right: 1 n."
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
task(0, "t", function() local o = object("o") kfree(o) kfree(o) end)
run_idle()
ask { "Q", id = "a", number = "n", answer = function(t) return #t:all(event("bug", { kind = "double-free" })) end }
end }
