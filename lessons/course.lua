-- course.lua: the contents page.  Names here are slugs; the number in a file's
-- name is for readers only, so that renumbering keeps all progress.
return course {
  id      = "kworkshop",
  title   = "Concurrency-managed workqueues",
  version = 1,

  order = { "first-minute",
            "why-defer", "life", "before-cmwq", "pools-and-names", "one-runnable",
            "hogs", "max-active", "manager", "delayed",
            "waiting", "rescuer", "unload", "flush-colours",
            "unbound", "ordered", "bottom-halves", "freeze-hotplug",
            "watchdog", "nic", "in-the-wild", "capstone" },
  parts = {
    { "Start here", { "first-minute" } },
    { "Lab 1: the idea", { "why-defer", "life", "before-cmwq", "pools-and-names", "one-runnable" } },
    { "Lab 2: the pool's judgement", { "hogs", "max-active", "manager", "delayed" } },
    { "Lab 3: stopping and surviving", { "waiting", "rescuer", "unload", "flush-colours" } },
    { "Lab 4: beyond one CPU", { "unbound", "ordered", "bottom-halves", "freeze-hotplug" } },
    { "Lab 5: in the field", { "watchdog", "nic", "in-the-wild", "capstone" } },
  },

  show      = "full",   -- the detail of a check: full, first, verdict, none
  hint_cost = 0,        -- points a hint costs in graded work
}
