-- fails: only one workqueue has HIGHPRI
return { crypt = {}, log = { "HIGHPRI" }, ui = { "HIGHPRI" } }
