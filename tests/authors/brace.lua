-- WRONG: `{{c}}` shows as "c}" in --plain and on the screen; docs: {{ is a brace
-- RIGHT: {c}}
-- TYPE: \n
-- EXPECT: exit 0
-- EXPECT: out "A {c}}"
return lesson { title = "T", machine = { cpus = 2 }, 
function(p)
say "A {{c}} and {{name}"
end }
