-- a contents page for escape_list.lua
return course { id = "escapes", title = "Escapes", version = 1, order = { "title", "fault" } }
