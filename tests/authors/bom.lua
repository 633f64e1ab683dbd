-- WRONG: a BOM (Windows editors) is "unexpected symbol near <\239>"
-- RIGHT: skipped, as lua itself does
-- TYPE: \n
-- EXPECT: exit 0
-- EXPECT: no "unexpected symbol"
return lesson { title = "T", function(p) say "x" end }
