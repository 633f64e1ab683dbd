-- a contents page for slow_course.lua
return course { id = "slow", title = "Slow files", version = 1, order = { "short", "pattern", "concat", "other" },
  parts = { { "All", { "short", "pattern", "concat", "other" } } } }
