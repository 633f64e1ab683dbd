-- WRONG: "lesson:387: bad argument #1 to 'machine'": a line of our own library, at line 1 of theirs
-- RIGHT: machine = { cpus = ... }
-- EXPECT: exit 2
-- EXPECT: any "FILE:5: lesson: machine must be a table"
return lesson { title = "T", machine = 5, function(p) end }