-- settings.lua: the reference.
return { crypt = {}, log = {}, ui = { "HIGHPRI" } }
