-- its title would act on a terminal
return lesson { title = "a title\u{9b}31m\u{202e}", question = "Why?", machine = { cpus = 1 }, function(p) end }
