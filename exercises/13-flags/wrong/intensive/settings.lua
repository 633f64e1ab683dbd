-- fails: items of ui start within 5 ms
return { crypt = { "CPU_INTENSIVE" }, log = {}, ui = {} }
