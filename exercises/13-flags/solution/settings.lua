return { crypt = {}, log = {}, ui = { "HIGHPRI" } }
